-- wrk's load: one GraphQL request over and over, told by the environment; the figures as one line of JSON.
wrk.method = "POST"
wrk.body = os.getenv("BENCH_BODY")
wrk.headers["Content-Type"] = "application/json"
-- With this an answer with errors has a status that wrk counts as an error.
wrk.headers["Accept"] = "application/graphql-response+json"
local token = os.getenv("BENCH_TOKEN")
if token and token ~= "" then
  wrk.headers["Authorization"] = "Bearer " .. token
end

done = function(summary, latency)
  local e = summary.errors
  local errors = e.connect + e.read + e.write + e.status + e.timeout
  local line = 'BENCH {"requests": %d, "seconds": %.6f, "bytes": %d, "errors": %d, "p50_ms": %.3f, "p99_ms": %.3f}\n'
  io.write("\n", string.format(line, summary.requests, summary.duration / 1e6, summary.bytes, errors,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
