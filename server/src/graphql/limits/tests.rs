use super::{measure::LISTS, *};
use std::fmt::Write;

/// So many fields made by their number.
fn many(count: usize, field: impl Fn(usize) -> String) -> String {
    (0..count).map(field).collect::<Vec<_>>().join(" ")
}

fn verdict(query: &str) -> Result<Chosen, ErrorCode> {
    parse(query)
        .and_then(|document| check(&document, None, &QueryLimits::default()))
        .map_err(|error| super::super::errors::code_of(&error).expect("every refusal has a code"))
}

#[test]
fn ordinary_queries_pass() {
    assert_eq!(verdict("{ a b { c } }").map(|c| c.kind), Ok(OperationType::Query));
    let named = verdict("mutation M { a(x: \"{[(\", y: \"\"\"{{ \\\"\"\" {{\"\"\") { b } } # {{{{").expect("passes");
    assert_eq!(named, Chosen { kind: OperationType::Mutation, name: Some("M".to_owned()), variables: HashSet::new() });
}

#[test]
fn bombs_are_refused_quickly() {
    let mut fragments = String::from("{ ...f0 }");
    for i in 0..60 {
        let _ = write!(fragments, " fragment f{i} on Query {{ ...f{0} ...f{0} }}", i + 1);
    }
    fragments.push_str(" fragment f60 on Query { a }");
    assert_eq!(verdict(&fragments), Err(ErrorCode::TooComplex));
    assert_eq!(verdict(&"{a".repeat(100_000)), Err(ErrorCode::TooComplex));
    assert_eq!(verdict(&format!("{{ a(x: {}) }}", "[".repeat(100_000))), Err(ErrorCode::TooComplex));
    assert_eq!(verdict(&format!("{}{}", "{a".repeat(17), "}".repeat(17))), Err(ErrorCode::TooComplex));
    assert_eq!(verdict(&fragments.replace("{ a }", "{ ...unknown }")), Err(ErrorCode::TooComplex));
    let mut chain = String::from("{ ...f0 }");
    for i in 0..2000 {
        let _ = write!(chain, " fragment f{i} on Query {{ ...f{} }}", i + 1);
    }
    assert_eq!(verdict(&chain), Err(ErrorCode::TooComplex), "a long chain would overflow the stack");
    let mut towers = String::from("{ ...f0 }");
    for i in 0..32 {
        let inner = format!("{}...f{}{}", "... on Query { ".repeat(60), i + 1, " }".repeat(60));
        let _ = write!(towers, " fragment f{i} on Query {{ {inner} }}");
    }
    assert_eq!(verdict(&towers), Err(ErrorCode::TooComplex), "inline fragments count as levels");
    let many: String = (0..17).fold(String::new(), |text, i| text + &format!("query q{i} {{ a }} "));
    assert_eq!(verdict(&many), Err(ErrorCode::TooComplex));
    assert_eq!(verdict(&format!("{{ a(x: \"{}\") }}", "x".repeat(70_000))), Err(ErrorCode::TooComplex));
    for (list, _) in LISTS {
        let nested = format!("{{ workspaces {{ nodes {{ {list} {{ nodes {{ id }} }} }} }} }}");
        assert_eq!(verdict(&nested), Err(ErrorCode::TooComplex), "{list}");
    }
    assert_eq!(verdict("{ workspace { services { workspace { services { id } } } } }"), Err(ErrorCode::TooComplex));
    assert_eq!(verdict("{ workspace { services { workspace { id } } } }").map(|c| c.kind), Ok(OperationType::Query));
    let aliases: String = (0..31).fold(String::new(), |text, i| text + &format!("a{i}: a "));
    assert_eq!(verdict(&format!("{{ {aliases} }}")), Err(ErrorCode::TooComplex));
    assert_eq!(verdict(&format!("{{ {} }}", "a ".repeat(1001))), Err(ErrorCode::TooComplex));
    assert_eq!(verdict(&format!("{{ a {} }}", "@x ".repeat(51))), Err(ErrorCode::TooComplex));
}

#[test]
fn mistakes_are_the_callers() {
    for query in [
        "",
        "{",
        "{ ...a } fragment a on Query { ...a }",
        "query A { a } query B { b }",
        "mutation { a b }",
        "mutation { a ...f } fragment f on Mutation { b }",
        "mutation { a ... { b } }",
    ] {
        assert_eq!(verdict(query), Err(ErrorCode::BadRequest), "{query}");
    }
}

#[test]
fn a_syntax_error_does_not_repeat_the_line() {
    let error = parse("{ signIn(password: \"hunter2\" ").expect_err("no query");
    assert!(!error.message.contains("hunter2"), "{}", error.message);
    assert!(error.message.starts_with("Syntax error: expected"), "{}", error.message);
}

const PASSES: Result<OperationType, ErrorCode> = Ok(OperationType::Query);
const FOLLOWED: Result<OperationType, ErrorCode> = Ok(OperationType::Subscription);
const REFUSED: Result<OperationType, ErrorCode> = Err(ErrorCode::TooComplex);

fn kind(query: &str) -> Result<OperationType, ErrorCode> {
    verdict(query).map(|chosen| chosen.kind)
}

#[test]
fn what_is_executed_once_more_counts_as_under_another_name() {
    let modes = |count| format!("{{ server {{ {} }} }}", "signUpMode ".repeat(count));
    assert_eq!((kind(&modes(31)), kind(&modes(32))), (PASSES, REFUSED), "a statement each");
    let objects = |count| format!("{{ workspace(id: 1) {{ {} }} }}", "lastOperation { id } ".repeat(count));
    assert_eq!((kind(&objects(31)), kind(&objects(32))), (PASSES, REFUSED));
    let spread = |count| {
        let spreads = "...f ... on ServerInfo { ...f } ".repeat(count);
        format!("{{ server {{ {spreads} }} }} fragment f on ServerInfo {{ signUpMode }}")
    };
    assert_eq!((kind(&spread(15)), kind(&spread(16))), (PASSES, REFUSED), "through fragments");
    let both = format!("{{ {} {} }}", "a { b } ".repeat(16), many(16, |i| format!("a{i}: a {{ b }}")));
    assert_eq!(kind(&both), REFUSED, "together with other names");
    let ids = |count| format!("{{ workspaces {{ nodes {{ {} }} }} }}", "id ".repeat(count));
    assert_eq!((kind(&ids(251)), kind(&ids(252))), (PASSES, REFUSED), "what is in memory may be there more often");
}

#[test]
fn fragments_of_a_page_may_have_fields_in_common() {
    let parts = 12;
    let spreads = many(parts, |i| format!("...Part{i}"));
    let fragments = many(parts, |i| {
        format!("fragment Part{i} on Service {{ id name status {{ state __typename }} own{i} __typename }}")
    });
    let query = format!(
        "query Page {{ workspace(id: 1) {{ id __typename services {{ {spreads} id __typename }} }} __typename }} {fragments}"
    );
    assert_eq!(kind(&query), PASSES);
}

#[test]
fn few_large_lists_stand_beside_each_other() {
    let workspaces = |count, inner: &str| many(count, |i| format!("w{i}: workspace(id: {i}) {{ name {inner} }}"));
    let plain = "services { revision status { state readyPods } }";
    assert_eq!(kind(&format!("{{ {} }}", workspaces(30, plain))), PASSES);
    assert_eq!(kind(&format!("{{ {} }}", workspaces(30, "serviceCount viewerSupportGrant { open }"))), PASSES);
    let large = "services { pods { name containers { image } } events { message } }";
    let of_a_query = |count| format!("{{ {} }}", workspaces(count, large));
    assert_eq!((kind(&of_a_query(4)), kind(&of_a_query(5))), (PASSES, REFUSED));
    let pages = many(5, |i| {
        format!("p{i}: servicePage(search: \"{i}\") {{ nodes {{ pods {{ containers {{ name }} }} events {{ id }} }} }}")
    });
    assert_eq!(kind(&format!("{{ workspace(id: 1) {{ {pages} }} }}")), REFUSED);
    let spread = format!("{{ {} }} fragment f on Workspace {{ {large} }}", workspaces(5, "...f"));
    assert_eq!(kind(&spread), REFUSED, "through fragments");
    let within = |count| {
        format!("{{ workspace(id: 1) {{ services {{ {} }} }} }}", many(count, |i| format!("p{i}: pods {{ name }}")))
    };
    assert_eq!((kind(&within(15)), kind(&within(16))), (PASSES, REFUSED), "lists of the same rows");
    let one = format!("{{ service(id: 1) {{ {} }} }}", many(20, |i| format!("p{i}: pods {{ name }}")));
    assert_eq!(kind(&one), PASSES, "of one service");
}

#[test]
fn a_subscription_makes_fewer_lists() {
    let whole = "services { pods { containers { name } } events { id } volumes { name } values { pointer } }
        members { totalCount } operations { totalCount } supportGrants { totalCount } viewerSupportGrant { open }";
    assert_eq!(kind(&format!("subscription {{ workspaceChanged(id: 1) {{ {whole} }} }}")), FOLLOWED);
    let twice = format!("subscription {{ workspaceChanged(id: 1) {{ {whole} again: {whole} }} }}");
    assert_eq!(kind(&twice), REFUSED);
    assert_eq!(kind(&twice.replace("subscription", "query")), PASSES);
    assert_eq!(
        kind("subscription { servicePageChanged(workspaceId: 1) { nodes { workspace { services { id } } } } }"),
        REFUSED
    );
    assert_eq!(
        kind(
            "subscription { servicePageUpdated(workspaceId: 1) { changed { workspace { members { totalCount } } } } }"
        ),
        REFUSED
    );
    assert_eq!(kind("subscription { openOperationsChanged { newest { operation { journal { seq } } } } }"), REFUSED);
}

/// As graphql-js makes it with all its options.
const INTROSPECTION: &str = "query IntrospectionQuery { __schema { description
    queryType { name kind } mutationType { name kind } subscriptionType { name kind } types { ...FullType }
    directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } } } }
fragment FullType on __Type { kind name description specifiedByURL isOneOf
    fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue }
        type { ...TypeRef } isDeprecated deprecationReason }
    inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef }
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
    possibleTypes { ...TypeRef } }
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
    ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }";

#[test]
fn introspection_is_asked_for_in_good_faith() {
    assert_eq!(kind(INTROSPECTION), PASSES);
    assert_eq!(kind("{ __type(name: \"Service\") { fields { name type { name enumValues { name } } } } }"), PASSES);
    assert_eq!(kind("{ __schema { queryType { fields { name } } mutationType { fields { name } } } }"), PASSES);
    for list in ["fields", "inputFields", "interfaces", "possibleTypes"] {
        let within = format!("{{ __schema {{ types {{ {list} {{ type {{ {list} {{ name }} }} }} }} }} }}");
        assert_eq!(kind(&within), REFUSED, "{list}");
    }
    let spread = "{ __schema { types { fields { type { ...f } } } } } fragment f on __Type { fields { name } }";
    assert_eq!(kind(spread), REFUSED, "through fragments");
    for twice in [
        "{ __schema { description } again: __schema { description } }",
        "{ __schema { description } __type(name: \"Service\") { name } }",
    ] {
        assert_eq!(kind(twice), REFUSED, "{twice}");
    }
}
