//! Whom TLS trusts: the system's roots, and those of a configured file.

use std::path::{Path, PathBuf};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};

/// Why the client cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// The CA file cannot be read, or holds no certificate.
    #[error("the CA file {file} cannot be used: {problem}")]
    CaFile {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// TLS or the client cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Setup(String),
}

/// The TLS settings of every connection. A machine without system roots can still speak to a server of the CA file, and to
/// itself over plain http, so their absence is no error here but a refused certificate later.
pub(super) fn tls(ca_file: Option<&Path>) -> Result<ClientConfig, TrustError> {
    let mut roots = RootCertStore::empty();
    if let Some(file) = ca_file {
        for certificate in certificates(file)? {
            roots.add(certificate).map_err(|error| unusable(file, &error))?;
        }
    }
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .map_err(|error| TrustError::Setup(error.to_string()))?;
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let found = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match found {
        Ok(certificates) if certificates.is_empty() => Err(unusable(file, &"it holds no PEM certificate")),
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(unusable(file, &error)),
    }
}

fn unusable(file: &Path, problem: &dyn std::fmt::Display) -> TrustError {
    TrustError::CaFile { file: file.to_owned(), problem: problem.to_string() }
}
