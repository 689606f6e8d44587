//! `tidegate anonymise`.

use clap::Args;
use http::Method;

use super::segment;
use crate::admin::answers::{Anonymise, Anonymised};
use crate::admin::socket::Administration;
use crate::setup::FIRST_APP;

#[derive(Debug, Args)]
pub(crate) struct AnonymiseCommand {
    /// Whose: a `userName`, a SCIM id, or the username of the account.
    user: String,
    /// The target whose account is meant.
    #[arg(long)]
    target: String,
    /// The app.
    #[arg(long, default_value = FIRST_APP)]
    app: String,
    /// The username of the account, once more. Without it nothing is done, and you are told what would be.
    #[arg(long, value_name = "USERNAME")]
    confirm: Option<String>,
    /// Take the wish back, as long as it is not carried out: it waits, or the product refuses it.
    #[arg(long, conflicts_with = "confirm")]
    withdraw: bool,
}

impl AnonymiseCommand {
    pub(crate) async fn run(self, administration: &Administration) -> anyhow::Result<()> {
        let path = format!(
            "/apps/{}/targets/{}/anonymise",
            segment(&self.app),
            segment(&self.target)
        );
        let asked = Anonymise {
            user: self.user.clone(),
            confirm: self.confirm,
            withdraw: self.withdraw,
        };
        let found: Anonymised = administration.call(Method::POST, &path, &asked).await?;
        let Anonymised {
            username, becomes, ..
        } = &found;
        if self.withdraw {
            println!(
                "account {username} in {} is not to be anonymised any longer",
                self.target
            );
            return Ok(());
        }
        println!("account {username} in {}: {becomes}", self.target);
        match found.begun {
            // Of a user who is deleted nothing is left then, not even the row.
            true if found.id.is_none() => {
                println!(
                    "it is begun; it is done when `tidegate why {}` finds nobody",
                    self.user
                );
            }
            true => println!("it is begun; `tidegate why {}` says when it is done", self.user),
            false => println!("nothing is done yet, and it cannot be undone: --confirm {username}"),
        }
        Ok(())
    }
}
