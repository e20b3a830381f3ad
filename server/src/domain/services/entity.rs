//! Rows of services and their addresses.

/// A service: one Helm release.
pub mod service {
    use sea_orm::entity::prelude::*;

    /// A service: one Helm release.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "services")]
    pub struct Model {
        /// Primary key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// Its workspace.
        pub workspace_id: Uuid,
        /// Its cluster.
        pub cluster_id: Uuid,
        /// Its namespace.
        #[sea_orm(column_type = "Text")]
        pub namespace: String,
        /// Stored once, never computed again.
        #[sea_orm(column_type = "Text")]
        pub release_name: String,
        /// Random key.
        #[sea_orm(column_type = "Text")]
        pub reference: String,
        /// The app of the marketplace.
        #[sea_orm(column_type = "Text")]
        pub app_slug: String,
        /// Version of the chart.
        #[sea_orm(column_type = "Text")]
        pub chart_version: String,
        /// What people see.
        #[sea_orm(column_type = "Text")]
        pub name: String,
        /// A `DesiredState`.
        #[sea_orm(column_type = "Text")]
        pub desired: String,
        /// JSON: values by pointer, without secrets.
        #[sea_orm(column_type = "Text")]
        pub values_public: String,
        /// Sealed JSON: secret values by pointer.
        pub values_secret: Option<Vec<u8>>,
        /// Who launched it.
        pub created_by: Uuid,
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

/// A host name and whose it is.
pub mod address {
    use sea_orm::entity::prelude::*;

    /// A host name and whose it is.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "addresses")]
    pub struct Model {
        /// Primary key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// Fully qualified, in lower case.
        #[sea_orm(column_type = "Text")]
        pub host: String,
        /// `service`.
        #[sea_orm(column_type = "Text")]
        pub owner_kind: String,
        /// The owner.
        pub owner_id: Uuid,
        /// Microseconds since 1970.
        pub created_at: i64,
        /// When it was given up; it waits 30 days from then.
        pub freed_at: Option<i64>,
    }

    /// None: rows are joined by the queries of `repo`.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// An address that serves a container's log once.
pub mod log_download {
    use sea_orm::entity::prelude::*;

    /// An address that serves a container's log once.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "log_downloads")]
    pub struct Model {
        /// Primary key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// SHA-256 of the secret in the address.
        #[sea_orm(column_type = "Text")]
        pub secret_hash: String,
        /// For whom.
        pub user_id: Uuid,
        /// Of which service.
        pub service_id: Uuid,
        /// Of which of its pods.
        #[sea_orm(column_type = "Text")]
        pub pod: String,
        /// Of which of the pod's containers.
        #[sea_orm(column_type = "Text")]
        pub container: String,
        /// Of the container's run before this one.
        pub previous: bool,
        /// Not older than this; null for all of it.
        pub since_seconds: Option<i64>,
        /// Microseconds since 1970.
        pub created_at: i64,
        /// Microseconds since 1970.
        pub expires_at: i64,
    }

    /// None: rows are joined by the queries of `repo`.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
