//! Rows of people, sessions and tokens.

/// A person.
pub mod user {
    use sea_orm::entity::prelude::*;

    /// A person.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "users")]
    pub struct Model {
        /// Primary key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// In lower case.
        #[sea_orm(column_type = "Text")]
        pub email: String,
        /// What people see.
        #[sea_orm(column_type = "Text")]
        pub name: String,
        /// PHC string.
        #[sea_orm(column_type = "Text")]
        pub password_hash: String,
        /// A `PlatformRole`.
        #[sea_orm(column_type = "Text")]
        pub platform_role: String,
        /// Before anything else.
        pub must_change_password: bool,
        /// Sessions begun under an earlier one have ended.
        pub epoch: i64,
        /// Raised by each change.
        pub version: i64,
        /// Microseconds since 1970.
        pub created_at: i64,
        /// Microseconds since 1970.
        pub updated_at: i64,
        /// Microseconds since 1970; null while it lives.
        pub deleted_at: Option<i64>,
    }

    /// None: rows are joined by the queries of `repo`.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A session in the console.
pub mod session {
    use sea_orm::entity::prelude::*;

    /// A session in the console.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "sessions")]
    pub struct Model {
        /// SHA-256 of the id, in hex.
        #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
        pub id_hash: String,
        /// Who is signed in.
        pub user_id: Option<Uuid>,
        /// JSON of the session's record.
        #[sea_orm(column_type = "Text")]
        pub data: String,
        /// Microseconds since 1970.
        pub created_at: i64,
        /// Microseconds since 1970.
        pub touched_at: i64,
        /// Microseconds since 1970.
        pub expires_at: i64,
    }

    /// None: rows are joined by the queries of `repo`.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A personal access token.
pub mod access_token {
    use sea_orm::entity::prelude::*;

    /// A personal access token.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "access_tokens")]
    pub struct Model {
        /// Primary key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// Its owner.
        pub user_id: Uuid,
        /// What the owner calls it.
        #[sea_orm(column_type = "Text")]
        pub name: String,
        /// Its first letters.
        #[sea_orm(column_type = "Text")]
        pub prefix: String,
        /// SHA-256 of the token, in hex.
        #[sea_orm(column_type = "Text")]
        pub token_hash: String,
        /// Names of `TokenScope`, with commas between.
        #[sea_orm(column_type = "Text")]
        pub scopes: String,
        /// Microseconds since 1970.
        pub created_at: i64,
        /// Microseconds since 1970; null for never.
        pub expires_at: Option<i64>,
        /// Microseconds since 1970, to the minute.
        pub last_used_at: Option<i64>,
        /// Microseconds since 1970.
        pub revoked_at: Option<i64>,
    }

    /// None: rows are joined by the queries of `repo`.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What a creating request with a key has made.
pub mod idempotency_key {
    use sea_orm::entity::prelude::*;

    /// What a creating request with a key has made.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "idempotency_keys")]
    pub struct Model {
        /// Who asked.
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: Uuid,
        /// The key they sent.
        #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
        pub idempotency_key: String,
        /// The mutation's name.
        #[sea_orm(column_type = "Text")]
        pub mutation: String,
        /// What it made.
        pub result_id: Uuid,
        /// A code of the input that only the master key makes: the input may hold a secret.
        #[sea_orm(column_type = "Text", nullable)]
        pub input_hash: Option<String>,
        /// Microseconds since 1970.
        pub created_at: i64,
    }

    /// None: rows are joined by the queries of `repo`.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
