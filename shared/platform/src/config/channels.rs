//! What the environment says about reading channels.

use super::{ConfigError, Lookup};
use crate::http::{check_loopback, check_url};

/// Where channels send to, and where they are asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelSettings {
    /// `SLUICE_PUBLIC_URL`: where webhooks arrive, without the path.
    pub public_url: Option<String>,
    /// `SLUICE_CHANNEL_BASE`: a simulated channel on this machine, which is asked instead of the real ones. Access tokens go
    /// there, so nothing but this machine is taken.
    pub channel_base: Option<String>,
}

impl ChannelSettings {
    /// Reads the settings.
    ///
    /// # Errors
    /// The first variable that cannot be used, with its fix.
    pub fn read(lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        let read = |variable: &'static str, check: fn(&str) -> Result<(), String>, fix: &str| {
            let text = lookup(variable).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
            let Some(text) = text else { return Ok(None) };
            let refused = |problem: String| ConfigError::Variable { variable, problem, fix: fix.to_owned() };
            check(&text).map_err(refused)?;
            if text.contains(['?', '#']) {
                return Err(refused("it has a query or a fragment".into()));
            }
            Ok(Some(text))
        };
        Ok(Self {
            public_url: read("SLUICE_PUBLIC_URL", check_url, "write it like https://hooks.example.com")?,
            channel_base: read(
                "SLUICE_CHANNEL_BASE",
                check_loopback,
                "unset it, or name a simulated channel on this machine like http://127.0.0.1:9300",
            )?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variable: &'static str, value: &'static str) -> Result<ChannelSettings, String> {
        let lookup = move |name: &str| (name == variable).then(|| value.to_owned());
        ChannelSettings::read(&lookup).map_err(|error| error.to_string())
    }

    #[test]
    fn access_tokens_go_to_the_channel_or_to_this_machine() {
        assert_eq!(read("SLUICE_CHANNEL_BASE", "").unwrap(), ChannelSettings::default());
        let local = read("SLUICE_CHANNEL_BASE", "http://127.0.0.1:9300").unwrap();
        assert_eq!(local.channel_base.as_deref(), Some("http://127.0.0.1:9300"));
        for far in ["https://evil.example.com", "http://10.0.0.1", "http://127.0.0.1@evil.example.com"] {
            assert!(read("SLUICE_CHANNEL_BASE", far).unwrap_err().contains("on this machine"), "{far}");
        }
        assert!(read("SLUICE_PUBLIC_URL", "http://hooks.example.com").unwrap_err().contains("https://hooks"));
        assert!(read("SLUICE_PUBLIC_URL", "https://hooks.example.com").is_ok());
    }
}
