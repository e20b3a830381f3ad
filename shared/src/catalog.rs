//! The marketplace's words.

api_enum! {
    /// The shelf on which an app stands in the marketplace.
    AppCategory {
        /// AI and language models.
        Ai = "AI",
        /// Automation.
        Automation = "AUTOMATION",
        /// Databases.
        Database = "DATABASE",
        /// Analytics.
        Analytics = "ANALYTICS",
        /// Tools of developers and operators.
        Devops = "DEVOPS",
        /// Web sites and web tools.
        Web = "WEB",
        /// Plain containers.
        Container = "CONTAINER",
    }
}

api_enum! {
    /// The kind of value that a field takes.
    AppFieldType {
        /// One line of text.
        Text = "TEXT",
        /// A secret: encrypted, never shown again.
        Password = "PASSWORD",
        /// A whole number.
        Number = "NUMBER",
        /// Yes or no.
        Boolean = "BOOLEAN",
        /// One of the field's options.
        Select = "SELECT",
    }
}
