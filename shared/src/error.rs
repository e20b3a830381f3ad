//! The closed sets of errors that the API answers. The console turns a code and its parameters into words.

api_enum! {
    /// Why a request was refused; stands in `extensions.code` of an error.
    ErrorCode {
        /// The request is not what the API can read: not JSON, not GraphQL, an unknown field.
        BadRequest = "BAD_REQUEST",
        /// The query asks for too much at once: too deep, too complex, too many aliases.
        TooComplex = "TOO_COMPLEX",
        /// Nobody is signed in, or the session or token has ended.
        Unauthenticated = "UNAUTHENTICATED",
        /// The password has to be changed first.
        PasswordChangeRequired = "PASSWORD_CHANGE_REQUIRED",
        /// The role is not enough, for something that may be seen.
        Forbidden = "FORBIDDEN",
        /// There is no such thing, or it may not be seen.
        NotFound = "NOT_FOUND",
        /// The input has mistakes; they stand by field in `extensions.fields`.
        InvalidInput = "INVALID_INPUT",
        /// Someone else has changed it meanwhile; read it anew.
        Conflict = "CONFLICT",
        /// Another operation is running on it.
        Busy = "BUSY",
        /// A limit of the installation is reached.
        LimitReached = "LIMIT_REACHED",
        /// It would leave the platform without an Admin.
        LastAdmin = "LAST_ADMIN",
        /// It would leave workspaces without an owner; `params.workspaces` says how many, `params.names` which.
        SoleOwner = "SOLE_OWNER",
        /// The Admin has switched it off that people join this way.
        SignUpClosed = "SIGN_UP_CLOSED",
        /// It is the workspace's only owner: another has to be made owner first.
        LastOwner = "LAST_OWNER",
        /// Too many requests; `params.retryAfterSeconds` says when to try again.
        RateLimited = "RATE_LIMITED",
        /// Something that is needed is away: cluster or database.
        Unavailable = "UNAVAILABLE",
        /// A fault of ours; the request id leads to it in the log.
        Internal = "INTERNAL",
    }
}

api_enum! {
    /// What is wrong with one field of an input.
    FieldErrorCode {
        /// It is missing.
        Required = "REQUIRED",
        /// It has fewer than `min` letters.
        TooShort = "TOO_SHORT",
        /// It has more than `max` letters.
        TooLong = "TOO_LONG",
        /// It has another type than `expected`.
        WrongType = "WRONG_TYPE",
        /// It is less than `min` or more than `max`.
        OutOfRange = "OUT_OF_RANGE",
        /// It is none of the options.
        NotAnOption = "NOT_AN_OPTION",
        /// The app does not declare this key, so it may not be set.
        Undeclared = "UNDECLARED",
        /// It is given twice.
        Duplicate = "DUPLICATE",
        /// It is not of the form `expected`.
        InvalidFormat = "INVALID_FORMAT",
        /// Someone else has it.
        Taken = "TAKEN",
        /// The platform keeps it for itself.
        Reserved = "RESERVED",
        /// It is not right, for example the current password.
        Wrong = "WRONG",
        /// It is too easy to guess.
        TooWeak = "TOO_WEAK",
        /// It is what it was before.
        SameAsBefore = "SAME_AS_BEFORE",
        /// It is not the same as what it has to repeat.
        DoesNotMatch = "DOES_NOT_MATCH",
        /// The number is beyond 2^53 and would lose digits.
        NumberTooLarge = "NUMBER_TOO_LARGE",
        /// It is not YAML; `line` and `column` say where.
        YamlInvalid = "YAML_INVALID",
        /// The YAML unfolds to too much: too deep, too many nodes or aliases.
        YamlTooComplex = "YAML_TOO_COMPLEX",
        /// The chart's own schema refuses it: `message`, by its keyword `rule`.
        SchemaViolation = "SCHEMA_VIOLATION",
        /// It may not be given here.
        NotAllowed = "NOT_ALLOWED",
        /// Nobody here has this address.
        UnknownPerson = "UNKNOWN_PERSON",
        /// They are a member already, with another role.
        AlreadyMember = "ALREADY_MEMBER",
    }
}

impl ErrorCode {
    /// The parameters of the sentence that explains it.
    pub const fn params(self) -> &'static [&'static str] {
        match self {
            Self::RateLimited => &["retryAfterSeconds"],
            Self::SoleOwner => &["workspaces", "names"],
            _ => &[],
        }
    }
}

impl FieldErrorCode {
    /// The parameters of the sentence that explains it. A bound that there is none of is left out.
    pub const fn params(self) -> &'static [&'static str] {
        match self {
            Self::TooShort => &["min"],
            Self::TooLong => &["max"],
            Self::OutOfRange => &["min", "max"],
            Self::WrongType | Self::InvalidFormat => &["expected"],
            Self::YamlInvalid => &["line", "column"],
            Self::SchemaViolation => &["message", "rule"],
            _ => &[],
        }
    }
}
