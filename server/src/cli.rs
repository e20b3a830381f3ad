//! The binary's subcommands.
