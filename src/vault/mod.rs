//! Keys: password to key, seal and open a secret.
