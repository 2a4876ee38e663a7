package io.millrace.ops.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ops.Refusal;
import io.millrace.ops.rest.Api.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiTest {
  private final AtomicReference<Call> called = new AtomicReference<>();

  private final Api api =
      new Api(
          Contract.read(),
          Map.of(
              "charges", this::remember,
              "account", this::remember,
              "recycle", this::remember,
              "closePeriod", this::remember,
              "suspended",
                  call -> {
                    throw new SQLException("secret of the database");
                  },
              "outbox",
                  call -> {
                    throw new IllegalStateException("io.millrace.Secret");
                  },
              "statements",
                  call -> {
                    throw new Refusal(Refusal.Kind.REFUSED, "some-code", "a meaning", "a step");
                  }));

  private Answer remember(Call call) {
    called.set(call);
    return Answer.json(Map.of());
  }

  private static Map<String, Object> problem(Answer answer) throws IOException {
    assertEquals("application/problem+json", answer.type());
    Map<String, Object> problem = Json.readObject(answer.body());
    assertEquals((long) answer.status(), problem.get("status"));
    assertEquals("urn:millrace:problem:" + problem.get("code"), problem.get("type"));
    assertFalse(String.valueOf(problem.get("title")).isBlank());
    assertFalse(String.valueOf(problem.get("detail")).isBlank());
    return problem;
  }

  @ParameterizedTest
  @CsvSource({
    "/nope, '', 404, not-found",
    "/, '', 404, not-found",
    "'', '', 404, not-found",
    "/v1/charges/, '', 404, not-found",
    "/V1/charges, '', 404, not-found",
    "/v1//charges, '', 404, not-found",
    "/v1/charges;x=1, '', 404, not-found",
    "/v1/charges, limi=1, 400, bad-request",
    "/v1/charges, limit=0, 400, bad-parameter",
    "/v1/charges, limit=1001, 400, bad-parameter",
    "/v1/charges, limit=1e3, 400, bad-parameter",
    "/v1/charges, limit=99999999999999999999, 400, bad-parameter",
    "/v1/charges, limit=, 400, bad-parameter",
    "/v1/charges, limit=1&limit=2, 400, bad-request",
    "/v1/charges, period=-1, 400, bad-parameter",
    "/v1/charges, from=yesterday, 400, bad-parameter",
    "/v1/charges, subject=%zz, 400, bad-request",
    "/v1/charges, subject=%ff, 400, bad-request",
    "/v1/charges, subject=%00, 400, bad-request",
    "/v1/accounts/%, '', 400, bad-request",
    "/ops/statements, '', 400, bad-request",
    "/ops/suspense/deadbeef, '', 503, database-unavailable",
    "/ops/suspense/DEADBEEF, '', 400, bad-parameter",
    "/ops/suspense/abc, '', 400, bad-parameter",
    "/ops/outbox, '', 500, internal",
    "/ops/outbox, state=lost, 400, bad-parameter",
    "/ops/statements, period=0, 409, some-code",
    "/ops/sources, '', 503, needs-a-node"
  })
  void badRequest_isAProblemWithItsCode(String path, String query, int status, String code)
      throws IOException {
    Answer answer = api.answer(Request.get(path, query));
    assertEquals(status, answer.status());
    assertEquals(code, problem(answer).get("code"));
    String body = new String(answer.body(), StandardCharsets.UTF_8);
    assertFalse(body.contains("Exception") || body.contains("ecret"), body);
  }

  @Test
  void longName_isRefusedAndNotEchoed() throws IOException {
    Answer answer = api.answer(Request.get("/v1/accounts/" + "x".repeat(257), ""));
    assertEquals("bad-parameter", problem(answer).get("code"));
    assertFalse(new String(answer.body(), StandardCharsets.UTF_8).contains("xx"));
  }

  @Test
  void parameters_arriveTypedAndWithDefaults() {
    api.answer(Request.get("/v1/charges", "subject=a%2Fb+c&from=2026-11-02T00:00:00%2B01:00"));
    Call call = called.get();
    assertEquals("a/b c", call.optionalText("subject"));
    assertEquals(100, call.number("limit"));
    assertEquals("2026-11-01T23:00:00Z", String.valueOf(call.optionalTime("from")));
  }

  @Test
  void escapedSlash_staysInItsSegment() {
    api.answer(Request.get("/v1/accounts/a%2Fb", ""));
    assertEquals("a/b", called.get().text("account"));
  }

  @Test
  void literalPath_goesBeforeOneWithParameters() throws IOException {
    Answer answer = api.answer(post("/ops/suspense/recycle", "{\"reason\":\"malformed\"}"));
    assertEquals(200, answer.status());
    assertEquals("malformed", called.get().text("reason"));
    assertEquals(
        "POST", api.answer(Request.get("/ops/suspense/recycle", "")).headers().get("Allow"));
  }

  private static Request post(String path, String body) {
    return new Request("POST", path, "", "application/json", body.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"reason\":\"nope\"}|bad-parameter",
        "{\"reason\":7}|bad-parameter",
        "{\"reason\":\"malformed\",\"other\":1}|bad-parameter",
        "{\"reason\":\"malformed\",\"reason\":\"malformed\"}|bad-request",
        "{\"reason\":\"malformed\",\"override\":\"\"}|bad-parameter",
        "{}|bad-parameter",
        "``|bad-parameter",
        "[]|bad-request",
        "null|bad-request",
        "{\"reason\":\"malformed\"} x|bad-request",
        "{\"reason\":1.5}|bad-request",
        "{\"reason\":NaN}|bad-request",
        "{\"reason\":1e999999999}|bad-request"
      })
  void badBody_isAProblem(String body, String code) throws IOException {
    Answer answer = api.answer(post("/ops/suspense/recycle", body == null ? "" : body));
    assertEquals(400, answer.status());
    assertEquals(code, problem(answer).get("code"));
  }

  @Test
  void deepBody_isRefused() throws IOException {
    String deep = "{\"reason\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}";
    assertEquals(
        "bad-request", problem(api.answer(post("/ops/suspense/recycle", deep))).get("code"));
  }

  @Test
  void postWithoutJsonType_isRefused() throws IOException {
    for (String type : new String[] {"text/plain", "application/x-www-form-urlencoded", ""}) {
      Answer answer =
          api.answer(new Request("POST", "/ops/periods/0/close", "", type, new byte[0]));
      assertEquals(415, answer.status());
      assertEquals("content-type", problem(answer).get("code"));
    }
    assertEquals(
        200,
        api.answer(
                new Request(
                    "POST",
                    "/ops/periods/0/close",
                    "",
                    "application/JSON; charset=utf-8",
                    new byte[0]))
            .status());
  }

  @Test
  void otherMethod_isToldWhatIsAllowed() throws IOException {
    Answer answer = api.answer(new Request("DELETE", "/v1/charges", "", null, new byte[0]));
    assertEquals(405, answer.status());
    assertEquals("method-not-allowed", problem(answer).get("code"));
    assertEquals("GET, POST", answer.headers().get("Allow"));
  }

  @Test
  void contract_isServedAsItIs() {
    Answer answer = api.answer(Request.get("/openapi.yaml", ""));
    assertTrue(new String(answer.body(), StandardCharsets.UTF_8).contains("openapi: 3.1.0"));
  }
}
