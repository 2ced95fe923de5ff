//! Errors of every layer.
