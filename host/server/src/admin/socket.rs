//! The socket of a running server, and how a command speaks to it.

use std::io;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use axum::body::Body;
use http::{Method, Request, header};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{UnixListener, UnixStream};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::problem::Problem;
use crate::service::Service;

/// Opens the socket. It lies in a directory that only its owner enters.
///
/// # Errors
/// Another server runs on this data directory, or the socket cannot be made.
pub fn bind(path: &Path) -> anyhow::Result<UnixListener> {
    if std::os::unix::net::UnixStream::connect(path).is_ok() {
        anyhow::bail!(
            "another tidegate runs on this data directory ({} answers)",
            path.display()
        );
    }
    // A socket that nobody answers is left over from a server that was killed.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("cannot remove {}", path.display()));
        }
        _ => {}
    }
    let listener =
        UnixListener::bind(path).with_context(|| format!("cannot make the socket {}", path.display()))?;
    crate::files::make_private(path, 0o600)?;
    Ok(listener)
}

/// Serves administrators until told to stop.
pub async fn serve(listener: UnixListener, service: Arc<Service>, stop: CancellationToken) {
    let router = crate::access::here(service, "socket");
    let path = listener
        .local_addr()
        .ok()
        .and_then(|address| address.as_pathname().map(Path::to_owned));
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            continue;
        };
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            let connection =
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            if let Err(error) = connection.await {
                tracing::debug!(%error, "an administrator's connection ended");
            }
        });
    }
    if let Some(path) = path {
        drop(std::fs::remove_file(path));
    }
}

/// Where a command is carried out.
#[derive(Debug)]
pub enum Administration {
    /// By the running server.
    Running(std::path::PathBuf),
    /// By a server elsewhere.
    Elsewhere(Box<super::remote::Remote>),
    /// In this process: no server runs.
    Here(Router),
}

impl Administration {
    /// Calls `/admin/api/v1{path}`. An error of the API becomes an error here.
    ///
    /// # Errors
    /// The server went away, or it refused, in its words.
    pub async fn call<T: serde::de::DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl serde::Serialize,
    ) -> anyhow::Result<T> {
        let bytes = self.send(method, path, body).await?.collect().await?.to_bytes();
        let bytes = if bytes.is_empty() {
            b"null".as_slice()
        } else {
            &bytes
        };
        Ok(serde_json::from_slice(bytes)?)
    }

    /// The same where the answer comes in lines of JSON: each goes to `take` as it comes.
    ///
    /// # Errors
    /// As above, and whatever `take` says.
    pub async fn lines<T: serde::de::DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl serde::Serialize,
        mut take: impl FnMut(T) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let mut answer = self.send(method, path, body).await?;
        let mut pending = Vec::new();
        while let Some(frame) = answer.frame().await {
            pending.extend_from_slice(frame?.data_ref().map_or(&[], |data| data));
            while let Some(end) = pending.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = pending.drain(..=end).collect();
                take(serde_json::from_slice(&line)?)?;
            }
        }
        Ok(())
    }

    async fn send(&self, method: Method, path: &str, body: &impl serde::Serialize) -> anyhow::Result<Body> {
        let bytes = serde_json::to_vec(body)?;
        let request = Request::builder()
            .method(method)
            .uri(format!("/admin/api/v1{path}"))
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::from(bytes))?;
        let response = match self {
            Self::Here(router) => router.clone().oneshot(request.map(Body::new)).await?,
            Self::Elsewhere(remote) => remote.send(request.map(Body::new)).await?,
            Self::Running(socket) => {
                let stream = UnixStream::connect(socket)
                    .await
                    .context("the running tidegate does not answer")?;
                let (mut sender, connection) =
                    hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
                tokio::spawn(connection);
                sender.send_request(request).await?.map(Body::new)
            }
        };
        if response.status().is_success() {
            return Ok(response.into_body());
        }
        let bytes = response.into_body().collect().await?.to_bytes();
        let message = Problem::read(&bytes).map(|problem| problem.detail);
        anyhow::bail!(
            "{}",
            message.unwrap_or_else(|| String::from_utf8_lossy(&bytes).into_owned())
        )
    }
}
