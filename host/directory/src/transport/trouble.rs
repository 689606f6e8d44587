//! Why there was no answer, in words that say what to do.

use std::error::Error;
use std::io;

use rustls::{AlertDescription, CertificateError};

/// An error with its causes, hyper-util's own text says only "client error (Connect)", and
/// what an administrator can do about it.
pub(super) fn words(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut advice = advice(error);
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        // A wrapper that shows its cause as itself would say it twice.
        if !text.ends_with(&words) {
            text = format!("{text}: {words}");
        }
        advice = advice.or_else(|| self::advice(error));
        cause = error.source();
    }
    match advice {
        Some(advice) => format!("{text}: {advice}"),
        None => text,
    }
}

fn advice(error: &(dyn Error + 'static)) -> Option<&'static str> {
    match tls(error)? {
        rustls::Error::InvalidCertificate(
            CertificateError::UnknownIssuer | CertificateError::BadSignature,
        ) => Some(
            "no authority that this system knows signed its certificate; give the root certificate of the one that did with --ca-file",
        ),
        // Only a root in `ca` is believed, not a certificate that signed itself.
        rustls::Error::InvalidCertificate(CertificateError::Other(other))
            if other.to_string().contains("CaUsedAsEndEntity") =>
        {
            Some(
                "it shows an authority's certificate as its own; give it one signed by an authority, and that one's root with --ca-file",
            )
        }
        rustls::Error::AlertReceived(AlertDescription::CertificateRequired) => Some(
            "it demands a client certificate; give one with --client-certificate-file and --client-key-file",
        ),
        rustls::Error::AlertReceived(
            AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA,
        ) => Some("it does not accept our client certificate (--client-certificate-file)"),
        // What TLS 1.2 says of a missing certificate, and of much else.
        rustls::Error::AlertReceived(AlertDescription::HandshakeFailure) => {
            Some("it may demand a client certificate (--client-certificate-file)")
        }
        _ => None,
    }
}

/// TLS's own error, out of the I/O errors around it: those show it as themselves, and name as
/// their cause only what lies beneath it.
fn tls<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    let mut error = error;
    while let Some(outer) = error.downcast_ref::<io::Error>() {
        error = outer.get_ref()?;
    }
    error.downcast_ref()
}
