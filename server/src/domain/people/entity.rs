//! Rows of links for one use and of the platform's settings.

/// A link that can be used once.
pub mod link {
    use sea_orm::entity::prelude::*;

    /// A link that can be used once.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "one_time_links")]
    pub struct Model {
        /// Primary key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// A `OneTimeLinkKind`.
        #[sea_orm(column_type = "Text")]
        pub kind: String,
        /// SHA-256 of the secret, in hex.
        #[sea_orm(column_type = "Text")]
        pub secret_hash: String,
        /// Who is invited, in lower case.
        #[sea_orm(column_type = "Text", nullable)]
        pub email: Option<String>,
        /// What the invited person will be: a `PlatformRole`.
        #[sea_orm(column_type = "Text", nullable)]
        pub platform_role: Option<String>,
        /// Whose password is to be chosen anew.
        pub user_id: Option<Uuid>,
        /// Who made it.
        pub created_by: Uuid,
        /// Microseconds since 1970.
        pub created_at: i64,
        /// Until when it can be used.
        pub expires_at: i64,
        /// When it was used.
        pub used_at: Option<i64>,
        /// When it was taken back, or another took its place.
        pub revoked_at: Option<i64>,
    }

    /// None: rows are joined by the queries of `repo`.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Something that an Admin sets while the server runs.
pub mod setting {
    use sea_orm::entity::prelude::*;

    /// Something that an Admin sets while the server runs.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "platform_settings")]
    pub struct Model {
        /// Which.
        #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
        pub name: String,
        /// JSON.
        #[sea_orm(column_type = "Text")]
        pub value: String,
        /// Raised by each change.
        pub version: i64,
        /// Microseconds since 1970.
        pub updated_at: i64,
        /// Who changed it last.
        pub updated_by: Uuid,
    }

    /// None: rows are joined by the queries of `repo`.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
