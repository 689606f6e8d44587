//! `tidegate schema`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use http::Method;
use serde_json::Value;

use super::{json_file, segment, table};
use crate::admin::answers::{PutSchema, ResourceTypeName, SchemaSummary};
use crate::admin::socket::Administration;
use crate::setup::FIRST_APP;

#[derive(Debug, Subcommand)]
pub(crate) enum SchemaCommand {
    /// Register an extension, or put a newer document in its place. What is stored must keep to it.
    Add(Add),
    /// List registered extensions.
    List {
        /// The app.
        #[arg(long, default_value = FIRST_APP)]
        app: String,
    },
    /// Print an extension's SCIM Schema document.
    Show {
        /// Its URN.
        urn: String,
        /// The app.
        #[arg(long, default_value = FIRST_APP)]
        app: String,
    },
    /// Take an extension away. What resources hold of it stays and is no longer checked.
    Remove {
        /// Its URN.
        urn: String,
        /// The app.
        #[arg(long, default_value = FIRST_APP)]
        app: String,
    },
}

/// An extension to be.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// A SCIM Schema document (JSON, RFC 7643 section 7).
    file: PathBuf,
    /// The app.
    #[arg(long, default_value = FIRST_APP)]
    app: String,
    /// A resource type that it extends; may be given twice.
    #[arg(long = "type", value_name = "TYPE", default_value = "user")]
    types: Vec<ResourceTypeName>,
    /// Every resource of those types must have it.
    #[arg(long)]
    required: bool,
}

impl SchemaCommand {
    pub(crate) async fn run(self, administration: &Administration) -> anyhow::Result<()> {
        match self {
            Self::Add(add) => {
                let wanted = PutSchema {
                    schema: json_file(&add.file)?,
                    resource_types: add.types,
                    required: add.required,
                };
                let path = format!("/apps/{}/schemas", segment(&add.app));
                let schema: SchemaSummary = administration.call(Method::POST, &path, &wanted).await?;
                println!("{} ({}) extends {}", schema.urn, schema.name, types(&schema));
            }
            Self::List { app } => {
                let path = format!("/apps/{}/schemas", segment(&app));
                let schemas: Vec<SchemaSummary> =
                    administration.call(Method::GET, &path, &Value::Null).await?;
                let row = |schema: &SchemaSummary| {
                    let required = if schema.required { "yes" } else { "no" };
                    vec![
                        schema.urn.clone(),
                        schema.name.clone(),
                        types(schema),
                        required.to_owned(),
                    ]
                };
                let rows: Vec<_> = schemas.iter().map(row).collect();
                table::print(&["urn", "name", "extends", "required"], &rows);
            }
            Self::Show { urn, app } => {
                let path = format!("/apps/{}/schemas/{}", segment(&app), segment(&urn));
                let document: Value = administration.call(Method::GET, &path, &Value::Null).await?;
                println!("{document:#}");
            }
            Self::Remove { urn, app } => {
                let path = format!("/apps/{}/schemas/{}", segment(&app), segment(&urn));
                administration
                    .call::<Value>(Method::DELETE, &path, &Value::Null)
                    .await?;
                println!("{urn} is removed");
            }
        }
        Ok(())
    }
}

fn types(schema: &SchemaSummary) -> String {
    let names: Vec<String> = schema
        .resource_types
        .iter()
        .map(|name| format!("{name:?}"))
        .collect();
    names.join(" ")
}
