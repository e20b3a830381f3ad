//! YAML read within bounds.
