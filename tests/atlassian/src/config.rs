//! What a simulated product is like before anybody calls it.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

/// The products that can be simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SimProduct {
    /// Jira Data Center, `/rest/api/2`.
    Jira,
    /// Confluence Data Center, `/rest/api`.
    Confluence,
    /// Bitbucket Data Center, `/rest/api/latest` and `/rest/api/1.0`.
    Bitbucket,
    /// Crowd Data Center, `/rest/usermanagement/1`; Jira as user server too, see
    /// [`SimulatorConfig::jira_user_server`].
    Crowd,
    /// A directory of Atlassian Cloud, `/scim/directory/{CLOUD_DIRECTORY}`.
    CloudDirectory,
    /// A Jira Cloud site, `/rest/api/3`.
    JiraCloud,
}

/// The `directoryId` of a simulated Cloud directory, as it comes.
pub const CLOUD_DIRECTORY: &str = "2b7c6d14-9f0e-4a35-8c1b-5d2e7f904a61";

/// One user directory of the product. Accounts and groups live in exactly one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimDirectory {
    /// Name as administrators see it.
    pub name: String,
    /// Whether the product may change it; new accounts go to the first writable one.
    pub writable: bool,
}

/// A token bucket, as the Data Center products keep one per user and node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Calls that may be made at once.
    pub capacity: u32,
    /// Calls given back per interval.
    pub fill_rate: u32,
    /// Length of the interval.
    pub interval: Duration,
}

/// How a [`crate::Simulator`] is set up. Start from [`SimulatorConfig::new`].
#[derive(Debug, Clone)]
pub struct SimulatorConfig {
    pub(crate) product: SimProduct,
    pub(crate) listen: SocketAddr,
    pub(crate) version: String,
    pub(crate) admin: (String, String),
    pub(crate) token: String,
    pub(crate) directories: Vec<SimDirectory>,
    pub(crate) seats: Option<u32>,
    pub(crate) rate_limit: Option<RateLimit>,
    pub(crate) page_cap: usize,
    pub(crate) anonymous_access: bool,
    pub(crate) jira_user_server: bool,
    pub(crate) system_administrator: bool,
    pub(crate) verified_domains: Vec<String>,
}

impl SimulatorConfig {
    /// The product as freshly installed: an administrator `admin` with password
    /// `admin` and token `admin-token` (Crowd: an application `admin`, no token; Jira Cloud:
    /// `admin@example.com`, `admin-token`), a writable "Internal Directory" and a read-only "Corporate LDAP"
    /// (Cloud: the organisation outside the directory), no limit of seats or of calls, any free port of the
    /// loopback interface.
    #[must_use]
    pub fn new(product: SimProduct) -> Self {
        let (version, internal) = match product {
            SimProduct::Jira => ("10.3.24", "Jira Internal Directory"),
            SimProduct::Confluence => ("10.0.3", "Confluence Internal Directory"),
            SimProduct::Bitbucket => ("9.5.0", "Bitbucket Internal Directory"),
            SimProduct::Crowd => ("6.0.1", "Crowd Internal Directory"),
            SimProduct::CloudDirectory => ("2.0", CLOUD_DIRECTORY),
            SimProduct::JiraCloud => ("1001.0.0-SNAPSHOT", "Site"),
        };
        let other = match product {
            // What the organisation holds beside the directory: local groups and accounts.
            SimProduct::CloudDirectory | SimProduct::JiraCloud => "Organization",
            _ => "Corporate LDAP",
        };
        Self {
            product,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            version: version.to_owned(),
            admin: match product {
                // An API token is its owner's password.
                SimProduct::JiraCloud => ("admin@example.com".to_owned(), "admin-token".to_owned()),
                _ => ("admin".to_owned(), "admin".to_owned()),
            },
            token: "admin-token".to_owned(),
            directories: vec![
                SimDirectory {
                    name: internal.to_owned(),
                    writable: true,
                },
                SimDirectory {
                    name: other.to_owned(),
                    writable: false,
                },
            ],
            seats: None,
            rate_limit: None,
            // Jira lowers members to 50, Confluence lists to 200, Bitbucket to 1000.
            page_cap: match product {
                SimProduct::Jira | SimProduct::JiraCloud => 50,
                SimProduct::Confluence => 200,
                SimProduct::Bitbucket => 1000,
                // Not published: `max-results` is 1000 where it is not given.
                SimProduct::Crowd => 1000,
                SimProduct::CloudDirectory => 100,
            },
            anonymous_access: false,
            jira_user_server: false,
            system_administrator: true,
            verified_domains: vec!["example.com".to_owned()],
        }
    }

    /// The address to listen on; port 0 takes a free one.
    #[must_use]
    pub fn listen(mut self, listen: SocketAddr) -> Self {
        self.listen = listen;
        self
    }

    /// The version that the product says it is. Calls that came later are then missing.
    #[must_use]
    pub fn version(mut self, version: &str) -> Self {
        version.clone_into(&mut self.version);
        self
    }

    /// Makes Crowd's API that of a Jira 10.3 which is the user server: `/rest/api/2/serverInfo`
    /// answers anybody, without credentials.
    #[must_use]
    pub fn jira_user_server(mut self) -> Self {
        self.jira_user_server = true;
        self.version("10.3.24")
    }

    /// Makes of Jira's system administrators plain administrators, who may not anonymise.
    #[must_use]
    pub fn plain_administrators(mut self) -> Self {
        self.system_administrator = false;
        self
    }

    /// Name and password of the administrator's service account; of the application in Crowd.
    #[must_use]
    pub fn admin(mut self, username: &str, password: &str) -> Self {
        self.admin = (username.to_owned(), password.to_owned());
        self
    }

    /// The administrator's access token, sent as `Authorization: Bearer`.
    #[must_use]
    pub fn token(mut self, token: &str) -> Self {
        token.clone_into(&mut self.token);
        self
    }

    /// The user directories, in the product's order.
    #[must_use]
    pub fn directories(mut self, directories: Vec<SimDirectory>) -> Self {
        self.directories = directories;
        self
    }

    /// Licence seats in all, the administrator's included.
    #[must_use]
    pub fn seats(mut self, seats: u32) -> Self {
        self.seats = Some(seats);
        self
    }

    /// Limits the calls per user.
    #[must_use]
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.rate_limit = Some(limit);
        self
    }

    /// Lets visitors who are not logged in read accounts (not Bitbucket): a wrong
    /// token is then answered with 200, as a visitor is.
    #[must_use]
    pub fn anonymous_access(mut self) -> Self {
        self.anonymous_access = true;
        self
    }

    /// The domains whose addresses Cloud takes; `example.com` unless told.
    #[must_use]
    pub fn verified_domains(mut self, domains: &[&str]) -> Self {
        self.verified_domains = domains.iter().map(|&it| it.to_owned()).collect();
        self
    }

    /// Lowers the size of every page, to try paging with few accounts.
    #[must_use]
    pub fn page_cap(mut self, most: usize) -> Self {
        self.page_cap = most.max(1);
        self
    }
}
