package io.millrace.connectors.erp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.erp.ScriptedErp.Fault;
import io.millrace.processors.settlement.Answer;
import io.millrace.processors.settlement.Delivery.Step;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErpHttpTest {

  private static final String KEY = "millrace:1:0-customer-12";
  private static final String PAYLOAD = "{\"reference\":\"" + KEY + "\",\"total\":\"12.34\"}";

  private ScriptedErp erp;
  private ErpHttp http;

  @BeforeEach
  void open() throws IOException {
    erp = new ScriptedErp();
    http = connector(erp.url());
  }

  @AfterEach
  void close() {
    http.close();
    erp.close();
  }

  private static ErpHttp connector(String url) {
    ErpHttp http = new ErpHttp();
    http.setUrl(url);
    http.setToken("s3cret");
    http.setConnectTimeout(2_000);
    http.setAnswerTimeout(700);
    return http;
  }

  @Test
  void postedEntry_isHeldUnderItsKeyAndFoundAgain() throws Exception {
    assertEquals(new Answer.Holds("JE-1"), http.call(PAYLOAD, KEY, Step.POST));
    assertEquals(new Answer.Holds("JE-1"), http.call(PAYLOAD, KEY, Step.READ));
    assertEquals(new Answer.Absent(), http.call(PAYLOAD, KEY + "3", Step.READ));
    assertEquals(List.of("POST " + KEY, "GET " + KEY, "GET " + KEY + "3"), erp.requests);
    assertEquals(PAYLOAD, erp.entries.get(KEY));
    assertEquals("Bearer s3cret", erp.authorizations.getFirst());
  }

  @ParameterizedTest
  @CsvSource({
    "ERROR_BEFORE, Status[status=500; retryAfter=null]",
    "ERROR_AFTER, Status[status=502; retryAfter=null]",
    "REFUSE, Status[status=422; retryAfter=null]",
    "REDIRECT, Status[status=307; retryAfter=null]",
    "BUSY, Status[status=429; retryAfter=PT7S]",
    "BUSY_UNTIL, Status[status=429; retryAfter=null]",
    "UNAVAILABLE, Status[status=503; retryAfter=PT3S]",
    "DROP_BEFORE, Lost[why=connection-dropped]",
    "DROP_AFTER, Lost[why=connection-dropped]",
    "SILENT_AFTER, Lost[why=timed-out]",
    "GARBAGE_AFTER, Lost[why=garbled-answer]",
    "EMPTY_AFTER, Lost[why=garbled-answer]"
  })
  void fault_isToldAsWhatIsKnownOfIt(Fault fault, String answer) throws Exception {
    erp.script(fault);
    assertEquals(answer.replace(';', ','), http.call(PAYLOAD, KEY, Step.POST).toString());
    assertEquals(List.of("POST " + KEY), erp.requests, "never tried again by itself");
  }

  @Test
  void nobodyListening_isKnownToHaveSentNothing() throws Exception {
    String url = erp.url();
    erp.close();
    assertInstanceOf(Answer.Unreachable.class, connector(url).call(PAYLOAD, KEY, Step.POST));
  }

  @Test
  void entryWithAnotherTotalUnderOurKey_differs() throws Exception {
    erp.entries.put(KEY, "{\"total\":\"99.00\"}");
    Answer.Differs differs =
        assertInstanceOf(Answer.Differs.class, http.call(PAYLOAD, KEY, Step.READ));
    assertEquals("holds-another-total: 99.00 instead of 12.34", differs.what());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "null",
        "{}",
        "{\"id\":7}",
        "{\"id\":\"\"}",
        "{\"id\":\"a\"",
        "{\"id\":\"a\"} {}",
        "<html>",
        "{\"id\":{\"id\":\"a\"}}"
      })
  void answerThatIsNoEntry_isGarbled(String json) {
    assertTrue(StoredEntry.read(json.getBytes(StandardCharsets.UTF_8)).isEmpty(), json);
  }

  @Test
  void answerAboutAnotherKey_isNotTakenForOurs() {
    StoredEntry other =
        StoredEntry.read("{\"id\":\"a\",\"key\":\"b\"}".getBytes(StandardCharsets.UTF_8))
            .orElseThrow();
    assertEquals(new Answer.Lost("answer-for-another-key"), other.judge(Step.POST, KEY, PAYLOAD));
    StoredEntry silent =
        StoredEntry.read("{\"id\":\"a\"}".getBytes(StandardCharsets.UTF_8)).orElseThrow();
    assertEquals(new Answer.Holds("a"), silent.judge(Step.POST, KEY, PAYLOAD));
    assertEquals(new Answer.Lost("answer-for-another-key"), silent.judge(Step.READ, KEY, PAYLOAD));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ftp://erp/x", "erp/x", "http:///x", "http://u:p@erp/x", "http://erp/x?a=b"})
  void urlThatIsNone_isRefused(String url) {
    assertThrows(IllegalArgumentException.class, () -> new ErpHttp().setUrl(url));
  }

  @Test
  void emptyToken_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> new ErpHttp().setToken(" "));
  }
}
