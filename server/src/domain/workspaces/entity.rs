//! Rows of workspaces and their members.

/// A cluster.
pub mod cluster {
    use sea_orm::entity::prelude::*;

    /// A cluster.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "clusters")]
    pub struct Model {
        /// Primary key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// Its name.
        #[sea_orm(column_type = "Text")]
        pub name: String,
        /// Microseconds since 1970.
        pub created_at: i64,
    }

    /// None: rows are joined by the queries of `repo`.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A workspace.
pub mod workspace {
    use sea_orm::entity::prelude::*;

    /// A workspace.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "workspaces")]
    pub struct Model {
        /// Primary key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// Where its namespace is.
        pub cluster_id: Uuid,
        /// What people see.
        #[sea_orm(column_type = "Text")]
        pub name: String,
        /// May be empty.
        #[sea_orm(column_type = "Text")]
        pub description: String,
        /// A `WorkspaceState`.
        #[sea_orm(column_type = "Text")]
        pub state: String,
        /// Random; part of names in the cluster.
        #[sea_orm(column_type = "Text")]
        pub key: String,
        /// Stored once, never computed again.
        #[sea_orm(column_type = "Text")]
        pub namespace: String,
        /// Who made it.
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

/// A person in a workspace.
pub mod membership {
    use sea_orm::entity::prelude::*;

    /// A person in a workspace.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "memberships")]
    pub struct Model {
        /// The workspace.
        #[sea_orm(primary_key, auto_increment = false)]
        pub workspace_id: Uuid,
        /// The person.
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: Uuid,
        /// A `WorkspaceRole`.
        #[sea_orm(column_type = "Text")]
        pub role: String,
        /// Microseconds since 1970.
        pub created_at: i64,
    }

    /// None: rows are joined by the queries of `repo`.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
