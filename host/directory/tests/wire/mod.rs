//! What stands between a client and a product: TLS, authorities, proxies.
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "test support"
)]

pub mod proxy;
pub mod server;

use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tidegate_directory::target::{ClientCertificate, Credentials, Product, TargetConfig};

pub const PASSWORD: &str = "hidden-password";

/// What somebody saw.
pub type Seen<T> = Arc<Mutex<Vec<T>>>;

/// Whoever signs certificates.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Its root certificate.
    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for this host or person.
    pub fn issue(&self, name: &str) -> ClientCertificate {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        ClientCertificate {
            chain: params.signed_by(&key, &self.0).unwrap().pem(),
            key: key.serialize_pem(),
        }
    }
}

/// A certificate that nobody but itself signed, as `openssl req -x509` makes it.
pub fn self_signed() -> ClientCertificate {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ClientCertificate {
        chain: params.self_signed(&key).unwrap().pem(),
        key: key.serialize_pem(),
    }
}

/// A target that is no product: what these tests are about happens before one.
pub fn target(base_url: &str) -> TargetConfig {
    let credentials = Credentials::Basic {
        username: "admin".to_owned(),
        password: PASSWORD.to_owned(),
    };
    TargetConfig::new("test", Product::Jira, base_url, credentials)
}
