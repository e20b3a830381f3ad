//! Rows of support grants.

/// Leave of a person of the staff to read in a workspace.
pub mod support_grant {
    use sea_orm::entity::prelude::*;

    /// Leave of a person of the staff to read in a workspace.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "support_grants")]
    pub struct Model {
        /// Primary key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// In which workspace.
        pub workspace_id: Uuid,
        /// Whose.
        pub user_id: Uuid,
        /// What for, in their own words.
        #[sea_orm(column_type = "Text")]
        pub reason: String,
        /// Microseconds since 1970.
        pub created_at: i64,
        /// Microseconds since 1970: it gives nothing from then on.
        pub expires_at: i64,
        /// Microseconds since 1970; null while it is open, and until it is noted that it has run out.
        pub ended_at: Option<i64>,
        /// Who ended it; null where it has run out.
        pub ended_by: Option<Uuid>,
    }

    /// None: rows are joined by the queries of `repo`.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
