//! The marketplace: apps as folders of data.
