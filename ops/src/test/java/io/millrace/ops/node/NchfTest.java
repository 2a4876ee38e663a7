package io.millrace.ops.node;

import static io.millrace.ops.node.NchfNode.MB;
import static io.millrace.ops.node.NchfNode.PATH;
import static io.millrace.ops.node.NchfNode.cause;
import static io.millrace.ops.node.NchfNode.group;
import static io.millrace.ops.node.NchfNode.request;
import static io.millrace.ops.node.NchfNode.told;
import static io.millrace.ops.node.NchfNode.units;
import static io.millrace.ops.node.NchfNode.volume;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.millrace.connectors.check.Books;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions and events of network functions, over HTTP/2 and on a real PostgreSQL. */
class NchfTest {
  private static final String EVENT = ",\"oneTimeEvent\":true,\"oneTimeEventType\":\"IEC\"";

  @TempDir static Path folder;
  private static NchfNode chf;

  @BeforeAll
  static void start() throws Exception {
    chf = new NchfNode(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    TestNode sealed = chf.node();
    sealed.time(TestNode.FIRST_SEALED);
    Awaitility.await().until(() -> charges(sealed, "2140700000002").size() == 1);
    Awaitility.await().until(() -> charges(sealed, "2140700000001").size() == 2);
    Awaitility.await().until(() -> charges(sealed, "2140700000003").size() == 2);
    for (int sim = 1; sim <= 3; sim++) {
      for (Map<String, Object> charge : charges(sealed, "214070000000" + sim)) {
        Map<String, Object> why = TestNode.tree(sealed.get("/v1/charges/" + charge.get("id")));
        assertEquals(true, why.get("proven"), () -> String.valueOf(why.get("verdicts")));
      }
    }
    Node node = chf.node().running().node();
    for (Books.Finding f : new Books(node.database().pool()).check(node.tenant().id())) {
      assertEquals(true, f.holds(), f.toString());
    }
    chf.close();
  }

  private static List<Map<String, Object>> charges(TestNode node, String account) throws Exception {
    return TestNode.list(TestNode.tree(node.get("/v1/charges?account=" + account)), "charges");
  }

  @Test
  void event_isChargedAtOnceAndLeavesNoSession() throws Exception {
    chf.sim("2140700000001", "0.25");
    String body =
        request(
            "2140700000001",
            1,
            EVENT + units(group(30, "\"serviceSpecificUnits\":1", ""), group(10, volume(MB), "")));
    HttpResponse<String> charged = chf.ask(PATH, body);
    String where = chf.begun(charged);
    assertEquals(HttpClient.Version.HTTP_2, charged.version());
    assertEquals(List.of("30 SUCCESS 1", "10 SUCCESS 1000000"), told(charged));
    assertFalse(charged.body().contains("validityTime"));
    assertEquals("0.14 held 0", chf.left("2140700000001"));
    // The same again is a repetition, whether it says so or not.
    HttpResponse<String> again =
        chf.ask(PATH, body.replace("{\"sub", "{\"retransmissionIndicator\":true,\"sub"));
    assertEquals(charged.body(), again.body());
    assertEquals(where, chf.begun(again));
    assertEquals("0.14 held 0", chf.left("2140700000001"));
    assertEquals("404 null", cause(chf.ask(where + "/update", request("2140700000001", 2, ""))));
    // What there is not enough for is not charged, and what has happened is.
    String dear = units(group(10, volume(20 * MB), ""));
    assertEquals(
        List.of("10 QUOTA_LIMIT_REACHED"),
        told(chf.ask(PATH, request("2140700000001", 3, EVENT + dear))));
    String after = EVENT.replace("IEC", "PEC") + units(group(10, "", volume(20 * MB)));
    assertEquals(List.of("10 SUCCESS"), told(chf.ask(PATH, request("2140700000001", 4, after))));
    assertEquals("-0.06 held 0", chf.left("2140700000001"));
  }

  @Test
  void createAndRelease_chargeWhatWasUsed() throws Exception {
    chf.sim("2140700000002", "10");
    HttpResponse<String> granted =
        chf.ask(PATH, request("2140700000002", 0, units(group(10, volume(30 * MB), ""))));
    String where = chf.begun(granted);
    assertEquals(List.of("10 SUCCESS 30000000"), told(granted));
    Map<String, Object> data =
        TestNode.list(TestNode.tree(granted), "multipleUnitInformation").getFirst();
    assertEquals(600L, data.get("validityTime"));
    assertEquals(300L, data.get("quotaHoldingTime"));
    assertEquals(5 * MB, data.get("volumeQuotaThreshold"));
    assertEquals(0L, TestNode.tree(granted).get("invocationSequenceNumber"));
    assertEquals("9.7 held 0.3", chf.left("2140700000002"));
    String body = request("2140700000002", 1, units(group(10, "", volume(12 * MB))));
    HttpResponse<String> released = chf.ask(where + "/release", body);
    assertEquals(204, released.statusCode(), released::body);
    assertEquals("", released.body());
    assertEquals("9.88 held 0", chf.left("2140700000002"));
    assertEquals(204, chf.ask(where + "/release", body).statusCode());
    assertEquals("9.88 held 0", chf.left("2140700000002"));
    assertEquals("410 null", cause(chf.ask(where + "/release", request("2140700000002", 2, ""))));
  }

  @Test
  void session_movesTheTiersThatMediatedUsageMoves() throws Exception {
    chf.sim("2140700000003", "10");
    String where =
        chf.begun(
            chf.ask(
                PATH, request("2140700000003", 1, units(group(10, "", ""), group(20, "", "")))));
    HttpResponse<String> both =
        chf.ask(
            where + "/update",
            request(
                "2140700000003",
                2,
                units(group(10, volume(90 * MB), ""), group(20, "\"time\":120", ""))));
    assertEquals(200, both.statusCode(), both::body);
    assertEquals(List.of("10 SUCCESS 50000000", "20 SUCCESS 120"), told(both));
    assertEquals("9.38 held 0.62", chf.left("2140700000003"));
    chf.node()
        .send(
            """
            {"specversion":"1.0","id":"1","source":"/ran","type":"sim.data","subject":"2140700000003",\
            "time":"2026-11-01T23:00:01Z","datacontenttype":"application/json",\
            "data":{"bytes":60}}\
            """);
    // 60 MB are used beside: of the 50 MB that are granted, 10 cost twice as much now.
    assertEquals("8.68 held 0.72", chf.left("2140700000003"));
    HttpResponse<String> more =
        chf.ask(
            where + "/update",
            request(
                "2140700000003",
                3,
                units(group(10, volume(20 * MB), volume(50 * MB)), group(20, "", "\"time\":60"))));
    assertEquals(List.of("10 SUCCESS 20000000", "20 SUCCESS"), told(more));
    // 0.60 beside, 0.60 within, 0.06 for a minute; 20 MB of the dearer tier are held.
    assertEquals("8.34 held 0.4", chf.left("2140700000003"));
    assertEquals(
        204,
        chf.ask(where + "/release", request("2140700000003", 4, units(group(10, "", volume(0)))))
            .statusCode());
    assertEquals("8.74 held 0", chf.left("2140700000003"));
  }

  @Test
  void balanceThatEnds_isTheFinalUnitAndThenTheLimit() throws Exception {
    chf.sim("2140700000004", "0.45");
    HttpResponse<String> first =
        chf.ask(
            PATH,
            request(
                "2140700000004",
                1,
                units(group(10, "", "").replace("}", ",\"requestedUnit\":{}}"))));
    String where = chf.begun(first);
    assertEquals(List.of("10 SUCCESS 45000000 final"), told(first));
    HttpResponse<String> second =
        chf.ask(
            where + "/update",
            request("2140700000004", 2, units(group(10, volume(10 * MB), volume(45 * MB)))));
    assertEquals(List.of("10 QUOTA_LIMIT_REACHED"), told(second));
    // A refusal is an answer too: paid in meanwhile, the same number gets the same.
    assertEquals(
        200, chf.post("/v1/accounts/2140700000004/top-up", "{\"amount\":\"1\"}").statusCode());
    assertEquals(
        second.body(),
        chf.ask(
                where + "/update",
                request("2140700000004", 2, units(group(10, volume(10 * MB), volume(45 * MB)))))
            .body());
    assertEquals(
        List.of("10 SUCCESS 10000000"),
        told(
            chf.ask(
                where + "/update",
                request("2140700000004", 3, units(group(10, volume(10 * MB), ""))))));
    assertEquals("0.9 held 0.1", chf.left("2140700000004"));
    // More than was granted is charged all the same, and the account is beyond its floor.
    chf.ask(
        where + "/release", request("2140700000004", 4, units(group(10, "", volume(100 * MB)))));
    assertEquals("-0.45 held 0", chf.left("2140700000004"));
  }

  @Test
  void repetition_isAnsweredTheSameAlsoAfterARestart() throws Exception {
    chf.sim("2140700000005", "10");
    String begin =
        request("2140700000005", 1, units(group(10, volume(MB), ""), group(99, volume(MB), "")));
    HttpResponse<String> begun = chf.ask(PATH, begin);
    String where = chf.begun(begun);
    assertEquals(List.of("10 SUCCESS 1000000", "99 RATING_FAILED"), told(begun));
    String update =
        request(
            "2140700000005",
            2,
            units(group(10, volume(2 * MB), volume(MB)), group(20, "\"time\":60", "")));
    HttpResponse<String> updated = chf.ask(where + "/update", update);
    assertEquals(List.of("10 SUCCESS 2000000", "20 SUCCESS 60"), told(updated));
    String left = chf.left("2140700000005");
    chf.restart();
    assertEquals(begun.body(), chf.ask(PATH, begin).body());
    assertEquals(where, chf.begun(chf.ask(PATH, begin)));
    assertEquals(updated.body(), chf.ask(where + "/update", update).body());
    // When it was sent is no part of an update.
    assertEquals(
        updated.body(), chf.ask(where + "/update", update.replace(":02.5Z", ":09.5Z")).body());
    assertEquals(left, chf.left("2140700000005"));
    assertEquals(
        "400 MANDATORY_IE_INCORRECT",
        cause(chf.ask(where + "/update", request("2140700000005", 2, units(group(30, "", ""))))));
    assertEquals(
        "400 MANDATORY_IE_INCORRECT",
        cause(chf.ask(where + "/release", request("2140700000005", 2, ""))));
    assertEquals(
        "400 MANDATORY_IE_INCORRECT",
        cause(chf.ask(where + "/update", request("2140700000005", 0, ""))));
    assertEquals(left, chf.left("2140700000005"));
    assertEquals(
        204,
        chf.ask(
                where + "/release",
                request("2140700000005", 3, units(group(10, "", volume(2 * MB)))))
            .statusCode());
    assertEquals("9.97 held 0", chf.left("2140700000005"));
  }

  /** A meter that counts grants nothing ahead; what has happened is charged all the same. */
  @Test
  void usedOfAMeterThatCounts_isChargedThoughMoreIsAskedFor() throws Exception {
    chf.sim("2140700000006", "10");
    String where = chf.begun(chf.ask(PATH, request("2140700000006", 1, "")));
    String one = "\"serviceSpecificUnits\":1";
    HttpResponse<String> update =
        chf.ask(where + "/update", request("2140700000006", 2, units(group(30, one, one))));
    assertEquals(List.of("30 RATING_FAILED"), told(update));
    assertEquals("9.9 held 0", chf.left("2140700000006"));
    HttpResponse<String> release =
        chf.ask(where + "/release", request("2140700000006", 3, units(group(30, one, one))));
    assertEquals(204, release.statusCode(), release::body);
    assertEquals("9.8 held 0", chf.left("2140700000006"));
    assertEquals(
        "400 OPTIONAL_IE_INCORRECT",
        cause(chf.ask(PATH, request("2140700000006", 4, EVENT + units(group(30, one, one))))));
  }

  /** As many as a step has parts for: what is beyond is refused as a whole, and charged by none. */
  @Test
  void severalUsesOfAMeterThatCounts_areChargedOneByOne() throws Exception {
    chf.sim("2140700000009", "10");
    String where = chf.begun(chf.ask(PATH, request("2140700000009", 1, "")));
    String three = group(30, "", "\"serviceSpecificUnits\":3");
    HttpResponse<String> update =
        chf.ask(where + "/update", request("2140700000009", 2, units(three)));
    assertEquals(List.of("30 SUCCESS"), told(update));
    assertEquals("9.7 held 0", chf.left("2140700000009"));
    chf.ask(where + "/update", request("2140700000009", 2, units(three)));
    assertEquals("9.7 held 0", chf.left("2140700000009"), "asked again");
    String fifteen = group(30, "", "\"serviceSpecificUnits\":15");
    String data = group(10, "", volume(2 * MB));
    assertEquals(
        List.of("30 SUCCESS", "10 SUCCESS"),
        told(chf.ask(where + "/update", request("2140700000009", 3, units(fifteen + "," + data)))));
    assertEquals("8.18 held 0", chf.left("2140700000009"));
    String sixteen = group(30, "", "\"serviceSpecificUnits\":16");
    assertEquals(
        List.of("30 RATING_FAILED", "10 SUCCESS"),
        told(chf.ask(where + "/update", request("2140700000009", 4, units(sixteen + "," + data)))));
    assertEquals("8.16 held 0", chf.left("2140700000009"));
  }

  /** The operator takes a rating group out, or adds one: each of the others is told its own. */
  @Test
  void repetition_isAnsweredByRatingGroupWhateverIsConfigured() throws Exception {
    chf.sim("2140700000007", "10");
    String begin =
        request("2140700000007", 1, units(group(10, volume(MB), ""), group(20, "\"time\":60", "")));
    assertEquals(List.of("10 SUCCESS 1000000", "20 SUCCESS 60"), told(chf.ask(PATH, begin)));
    Map<Long, NchfConfig.Group> fewer = new HashMap<>(NchfNode.TERMS.groups());
    fewer.remove(10L);
    try {
      chf.restart(new NchfConfig("", NchfNode.TERMS.identifier(), "imsi-", 600, fewer));
      assertEquals(List.of("10 RATING_FAILED", "20 SUCCESS 60"), told(chf.ask(PATH, begin)));
      String next = begin.replace("Number\":1", "Number\":2");
      assertEquals(List.of("10 RATING_FAILED", "20 SUCCESS 60"), told(chf.ask(PATH, next)));
      chf.restart(NchfNode.TERMS);
      assertEquals(List.of("10 RATING_FAILED", "20 SUCCESS 60"), told(chf.ask(PATH, next)));
      assertEquals(List.of("10 SUCCESS 1000000", "20 SUCCESS 60"), told(chf.ask(PATH, begin)));
    } finally {
      chf.restart(NchfNode.TERMS);
    }
  }
}
