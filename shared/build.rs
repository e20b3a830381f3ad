//! Registers the API's schema for cynic, where the console is what is built.

fn main() {
    println!("cargo::rerun-if-changed=../schema.graphql");
    #[cfg(feature = "client")]
    if let Err(error) = cynic_codegen::register_schema("woow")
        .from_sdl_file("../schema.graphql")
        .and_then(cynic_codegen::registration::SchemaRegistration::as_default)
    {
        println!("cargo::error=schema.graphql cannot be read: {error}");
    }
}
