//! Rows of the audit.

/// An audit row; never changed.
pub mod record {
    use sea_orm::entity::prelude::*;

    /// An audit row; never changed.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit")]
    pub struct Model {
        /// Primary key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// Its place in the chain.
        pub seq: i64,
        /// The same in intent and outcome.
        pub action_id: Uuid,
        /// `intent`, `done` or `failed`.
        #[sea_orm(column_type = "Text")]
        pub phase: String,
        /// Microseconds since 1970.
        pub at: i64,
        /// Who did it; null for the platform itself.
        pub actor_id: Option<Uuid>,
        /// Their name then.
        #[sea_orm(column_type = "Text")]
        pub actor_name: String,
        /// What, for example `service.launch`.
        #[sea_orm(column_type = "Text")]
        pub action: String,
        /// On what.
        #[sea_orm(column_type = "Text")]
        pub target_kind: String,
        /// On which.
        pub target_id: Option<Uuid>,
        /// In which workspace.
        pub workspace_id: Option<Uuid>,
        /// JSON; never a secret.
        #[sea_orm(column_type = "Text")]
        pub params: String,
        /// Leads to the log.
        #[sea_orm(column_type = "Text")]
        pub request_id: String,
        /// Hash of the row before.
        #[sea_orm(column_type = "Text")]
        pub prev_hash: String,
        /// SHA-256 over this row and `prev_hash`, in hex.
        #[sea_orm(column_type = "Text")]
        pub hash: String,
    }

    /// None: rows are joined by the queries of `repo`.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
