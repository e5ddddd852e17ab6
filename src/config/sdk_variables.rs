//! The variables of the AWS SDK, which reads them by itself. Its messages repeat a value that is not UTF-8, and it may be a secret.

use std::ffi::OsString;

use super::values::{SettingsError, unreadable};

/// Checks that every variable of the SDK is valid UTF-8.
///
/// # Errors
/// Returns an error that names the first one that is not.
pub(super) fn check(
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<(), SettingsError> {
    for (name, value) in environment {
        if let Some(name) = name.to_str()
            && name.starts_with("AWS_")
            && value.to_str().is_none()
        {
            return Err(unreadable(name, "must be valid UTF-8"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt as _;

    use super::*;

    #[test]
    fn a_variable_of_the_sdk_that_is_not_utf_8_is_refused_by_name_without_its_value() {
        let check = |name: &str, value: &[u8]| {
            check([(name.into(), OsString::from_vec(value.to_vec()))])
                .map_err(|error| error.to_string())
        };

        assert_eq!(
            check("AWS_SECRET_ACCESS_KEY", b"s3cr3t\xff"),
            Err("AWS_SECRET_ACCESS_KEY: must be valid UTF-8".to_owned())
        );
        assert_eq!(check("AWS_SECRET_ACCESS_KEY", b"s3cr3t"), Ok(()));
        assert_eq!(check("SOMETHING_ELSE", b"s3cr3t\xff"), Ok(()));
    }
}
