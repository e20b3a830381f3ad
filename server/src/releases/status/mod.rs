//! A pure function from what the cluster says to a status with a reason.
