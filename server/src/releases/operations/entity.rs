//! Rows of the engine.

/// An operation.
pub mod operation {
    use crate::events::Event;
    use sea_orm::entity::prelude::*;

    /// An operation.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "operations")]
    pub struct Model {
        /// Primary key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// An `OperationKind`.
        #[sea_orm(column_type = "Text")]
        pub kind: String,
        /// An `OperationState`.
        #[sea_orm(column_type = "Text")]
        pub state: String,
        /// `workspace` or `service`.
        #[sea_orm(column_type = "Text")]
        pub target_kind: String,
        /// On what it works.
        pub target_id: Uuid,
        /// Its name then.
        #[sea_orm(column_type = "Text")]
        pub target_name: String,
        /// In which workspace.
        pub workspace_id: Uuid,
        /// In which cluster.
        pub cluster_id: Uuid,
        /// Who asked.
        pub actor_id: Uuid,
        /// Their name then.
        #[sea_orm(column_type = "Text")]
        pub actor_name: String,
        /// The `StepName` being done.
        #[sea_orm(column_type = "Text", nullable)]
        pub step: Option<String>,
        /// JSON: the steps with state and times.
        #[sea_orm(column_type = "Text")]
        pub steps: String,
        /// JSON: what it needs to know; never a secret.
        #[sea_orm(column_type = "Text")]
        pub payload: String,
        /// How often it was begun.
        pub attempts: i64,
        /// Number of the newest journal entry.
        pub journal_seq: i64,
        /// An `OperationErrorCode`.
        #[sea_orm(column_type = "Text", nullable)]
        pub error_code: Option<String>,
        /// JSON.
        #[sea_orm(column_type = "Text")]
        pub error_params: String,
        /// The server that works on it.
        #[sea_orm(column_type = "Text", nullable)]
        pub lease_owner: Option<String>,
        /// Until when, unless it beats again.
        pub lease_until: Option<i64>,
        /// Not before.
        pub run_after: i64,
        /// JSON: the process that a step has started.
        #[sea_orm(column_type = "Text", nullable)]
        pub process: Option<String>,
        /// Someone asked to stop.
        pub cancel_requested: bool,
        /// Microseconds since 1970.
        pub created_at: i64,
        /// Microseconds since 1970.
        pub started_at: Option<i64>,
        /// Microseconds since 1970.
        pub finished_at: Option<i64>,
    }

    impl Model {
        /// What is told when it or its journal has changed.
        pub fn changed(&self) -> Event {
            Event::Operation { id: self.id.into(), target: self.target_id, workspace: self.workspace_id.into() }
        }
    }

    /// None: rows are joined by the queries of `repo`.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A journal entry; never changed.
pub mod journal {
    use sea_orm::entity::prelude::*;

    /// A journal entry; never changed.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "journal")]
    pub struct Model {
        /// Whose.
        #[sea_orm(primary_key, auto_increment = false)]
        pub operation_id: Uuid,
        /// Its number, from 1.
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i64,
        /// Microseconds since 1970.
        pub at: i64,
        /// In which `StepName`.
        #[sea_orm(column_type = "Text", nullable)]
        pub step: Option<String>,
        /// A `JournalLevel`.
        #[sea_orm(column_type = "Text")]
        pub level: String,
        /// A `JournalCode`.
        #[sea_orm(column_type = "Text")]
        pub code: String,
        /// JSON.
        #[sea_orm(column_type = "Text")]
        pub params: String,
    }

    /// None: rows are joined by the queries of `repo`.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The check value of a master key.
pub mod master_key {
    use sea_orm::entity::prelude::*;

    /// The check value of a master key.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "master_keys")]
    pub struct Model {
        /// Its name.
        #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
        pub key_id: String,
        /// What only this key opens.
        pub check_value: Option<Vec<u8>>,
        /// Microseconds since 1970.
        pub created_at: i64,
    }

    /// None: rows are joined by the queries of `repo`.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
