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

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What network functions are refused, and what nobody is let do by a request that is made up. */
class NchfRefusalsTest {
  private static final String SIM = "2140700000101";

  @TempDir static Path folder;
  private static NchfNode chf;

  @BeforeAll
  static void start() throws Exception {
    chf = new NchfNode(folder);
    chf.sim(SIM, "10");
  }

  @AfterAll
  static void stop() {
    chf.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`{`|400 INVALID_MSG_FORMAT",
        "`[]`|400 INVALID_MSG_FORMAT",
        "``|400 MANDATORY_IE_MISSING",
        "`{}`|400 MANDATORY_IE_MISSING",
        "`{\"a\":1,\"a\":2}`|400 INVALID_MSG_FORMAT",
        "`{N,T,\"oneTimeEvent\":false}`|400 MANDATORY_IE_MISSING",
        "`{T,\"invocationSequenceNumber\":1,\"nfConsumerIdentification\":{}}`|400"
            + " MANDATORY_IE_MISSING",
        "`{T,\"invocationSequenceNumber\":1,\"nfConsumerIdentification\":7}`|400"
            + " MANDATORY_IE_INCORRECT",
        "`{N,\"invocationTimeStamp\":\"yesterday\",\"invocationSequenceNumber\":1}`|"
            + "400 MANDATORY_IE_INCORRECT",
        "`{N,T,\"invocationSequenceNumber\":4294967296}`|400 MANDATORY_IE_INCORRECT",
        "`{N,T,\"invocationSequenceNumber\":-1}`|400 MANDATORY_IE_INCORRECT",
        "`{N,T,\"invocationSequenceNumber\":1.5}`|400 MANDATORY_IE_INCORRECT",
        "`{A,\"oneTimeEvent\":\"yes\"}`|400 OPTIONAL_IE_INCORRECT",
        "`{A,\"oneTimeEventType\":\"XYZ\"}`|400 OPTIONAL_IE_INCORRECT",
        "`{A,\"multipleUnitUsage\":{}}`|400 OPTIONAL_IE_INCORRECT",
        "`{A,\"multipleUnitUsage\":[7]}`|400 OPTIONAL_IE_INCORRECT",
        "`{A,\"multipleUnitUsage\":[{}]}`|400 MANDATORY_IE_MISSING",
        "`{A,\"multipleUnitUsage\":[{\"ratingGroup\":10},{\"ratingGroup\":10}]}`|"
            + "400 OPTIONAL_IE_INCORRECT",
        "`{A,\"multipleUnitUsage\":[{\"ratingGroup\":10,\"requestedUnit\":"
            + "{\"totalVolume\":18446744073709551615}}]}`|400 OPTIONAL_IE_INCORRECT",
        "`{A,\"multipleUnitUsage\":[{\"ratingGroup\":10,\"usedUnitContainer\":"
            + "[{\"totalVolume\":1}]}]}`|400 MANDATORY_IE_MISSING",
        "`{A,\"multipleUnitUsage\":[{\"ratingGroup\":10,\"usedUnitContainer\":["
            + "{\"localSequenceNumber\":1,\"totalVolume\":9223372036854775807},"
            + "{\"localSequenceNumber\":2,\"totalVolume\":1}]}]}`|400 OPTIONAL_IE_INCORRECT",
        "`{N,T,\"invocationSequenceNumber\":1}`|400 CHARGING_FAILED",
        "`{G,\"subscriberIdentifier\":\"imsi-999\"}`|404 USER_UNKNOWN",
        "`{G,\"subscriberIdentifier\":\"nai-a@b\"}`|404 USER_UNKNOWN",
        "`{G,\"subscriberIdentifier\":\"imsi-\"}`|404 USER_UNKNOWN",
        "`{G,\"subscriberIdentifier\":\"\"}`|400 OPTIONAL_IE_INCORRECT",
      })
  void madeUpRequest_isRefusedWithItsCause(String body, String expected) throws Exception {
    String whole =
        (body == null ? "" : body)
            .replace("{A,", "{G,\"subscriberIdentifier\":\"imsi-" + SIM + "\",")
            .replace("{G,", "{N,T,\"invocationSequenceNumber\":1,")
            .replace("N,", "\"nfConsumerIdentification\":{\"nodeFunctionality\":\"SMF\"},")
            .replace("T,", "\"invocationTimeStamp\":\"2026-11-02T00:00:00Z\",");
    HttpResponse<String> answer = chf.ask(PATH, whole);
    assertEquals(expected, cause(answer), whole);
    assertFalse(answer.body().contains("999"), "it tells nothing that was sent");
    assertEquals("10 held 0", chf.left(SIM));
  }

  @Test
  void ratingGroups_areFewAndBodiesSmall() throws Exception {
    String[] many = IntStream.range(0, 17).mapToObj(i -> group(i, "", "")).toArray(String[]::new);
    assertEquals("400 OPTIONAL_IE_INCORRECT", cause(chf.ask(PATH, request(SIM, 1, units(many)))));
    String large = request(SIM, 1, ",\"x\":\"" + "x".repeat(70_000) + "\"");
    assertEquals(413, chf.ask(PATH, large).statusCode());
    String deep = request(SIM, 1, ",\"x\":" + "[".repeat(40) + "]".repeat(40));
    assertEquals("400 INVALID_MSG_FORMAT", cause(chf.ask(PATH, deep)));
    assertEquals(415, chf.node().send(PATH, "POST", "text/plain", "{}").statusCode());
    assertEquals(405, chf.node().get(PATH).statusCode());
    assertEquals("10 held 0", chf.left(SIM));
  }

  @Test
  void unknownMembers_areLetThrough() throws Exception {
    String more =
        ",\"supportedFeatures\":\"0\",\"x\":{\"lat\":47.1234567890123456789,\"big\":"
            + "18446744073709551615,\"list\":[1.5,null]}";
    assertEquals(
        "400 INVALID_MSG_FORMAT", cause(chf.ask(PATH, request(SIM, 20, more))), "null in a list");
    String where = chf.begun(chf.ask(PATH, request(SIM, 20, more.replace(",null", ""))));
    assertEquals(204, chf.ask(where + "/release", request(SIM, 21, "")).statusCode());
  }

  @Test
  void refsThatAreMadeUp_areNotFound() throws Exception {
    String tenant = String.valueOf(chf.node().running().node().tenant().id());
    for (String ref :
        List.of(
            "x",
            "s-9-0-1-0",
            "s-" + tenant + "-99-1-0",
            "s-" + tenant + "-1-99999999-0",
            "s-" + tenant + "-1-0-0",
            "r-" + tenant + "-1-1-0",
            "s-" + tenant + "-1-99999999999999999999-0")) {
      HttpResponse<String> answer =
          chf.ask(PATH + "/" + ref + "/update", request(SIM, 2, units(group(10, volume(1), ""))));
      assertEquals(404, answer.statusCode(), ref + answer.body());
    }
    assertEquals(
        400, chf.ask(PATH + "/" + "s".repeat(65) + "/update", request(SIM, 2, "")).statusCode());
  }

  /** The path says which session it is; a body may have any member, also one of that name. */
  @Test
  void bodyThatNamesAnotherSession_chargesThatOfItsPath() throws Exception {
    chf.sim("2140700000102", "10");
    chf.sim("2140700000103", "10");
    String mine = chf.begun(chf.ask(PATH, request("2140700000102", 1, "")));
    String others = chf.begun(chf.ask(PATH, request("2140700000103", 1, "")));
    String ref = ",\"ChargingDataRef\":\"" + others.substring(others.lastIndexOf('/') + 1) + "\"";
    String used = units(group(10, "", volume(20 * MB)));
    HttpResponse<String> update =
        chf.ask(mine + "/update", request("2140700000102", 2, ref + used));
    assertEquals(List.of("10 SUCCESS"), told(update));
    assertEquals("9.8 held 0", chf.left("2140700000102"));
    assertEquals("10 held 0", chf.left("2140700000103"));
    String number = ",\"ChargingDataRef\":7";
    HttpResponse<String> again =
        chf.ask(mine + "/update", request("2140700000102", 3, number + used));
    assertEquals(200, again.statusCode(), again::body);
    HttpResponse<String> create = chf.ask(PATH, request("2140700000102", 4, number + used));
    assertEquals(201, create.statusCode(), create::body);
    assertEquals("9.4 held 0", chf.left("2140700000102"));
  }

  @Test
  void whatCannotBeRated_failsByRatingGroup() throws Exception {
    String where =
        chf.begun(
            chf.ask(
                PATH,
                request(
                    SIM,
                    30,
                    units(
                        group(10, volume(MB), ""),
                        group(30, "\"serviceSpecificUnits\":1", ""),
                        group(40, "\"time\":1", ""),
                        group(4711, "\"time\":1", "")))));
    HttpResponse<String> update =
        chf.ask(
            where + "/update",
            request(SIM, 31, units(group(4711, "", "\"time\":5"), group(10, "", volume(0)))));
    assertEquals(List.of("4711 RATING_FAILED", "10 SUCCESS"), told(update));
    // A release has no room to say so: nothing of it is done.
    assertEquals(
        "400 CHARGING_FAILED",
        cause(chf.ask(where + "/release", request(SIM, 32, units(group(4711, "", "\"time\":5"))))));
    assertEquals(204, chf.ask(where + "/release", request(SIM, 32, "")).statusCode());
    assertEquals("10 held 0", chf.left(SIM));
  }

  @Test
  void deviceWithoutABalance_isNotCharged() throws Exception {
    String csv = "subject,account,offer,from,to\n2140700000199,city,sim,2026-11-01T23:00:00Z,\n";
    assertEquals(200, chf.node().send("/v1/devices", "POST", "text/csv", csv).statusCode());
    assertEquals(
        "403 CHARGING_NOT_APPLICABLE", cause(chf.ask(PATH, request("2140700000199", 1, ""))));
  }

  @Test
  void nodeThatIsNotConfigured_answersNobody() throws Exception {
    try (TestNode plain = TestNode.start(folder.resolve("plain"), 0)) {
      HttpResponse<String> answer = plain.post(PATH, request(SIM, 1, ""));
      assertEquals("404 RESOURCE_URI_STRUCTURE_NOT_FOUND", cause(answer));
      assertEquals(404, plain.post(PATH + "/s-1-1-1-0/release", request(SIM, 1, "")).statusCode());
    }
  }

  /** HTTP/2 from the first byte on; its authority is whom a request is for, as Host is. */
  @Test
  void http2WithPriorKnowledge_isAnsweredAndOfLoopbackOnly() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      HttpClient client =
          vertx.createHttpClient(
              new HttpClientOptions()
                  .setProtocolVersion(HttpVersion.HTTP_2)
                  .setHttp2ClearTextUpgrade(false));
      assertEquals("201 HTTP_2", status(client, "localhost", 50));
      assertEquals("421 HTTP_2", status(client, "evil.example", 51));
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  private static String status(HttpClient client, String authority, int number) throws Exception {
    int port = URI.create(chf.node().running().url()).getPort();
    return client
        .request(HttpMethod.POST, port, "127.0.0.1", PATH)
        .compose(
            request ->
                request
                    .authority(HostAndPort.create(authority, port))
                    .putHeader("Content-Type", "application/json")
                    .send(request(SIM, number, "")))
        .map(answer -> answer.statusCode() + " " + answer.version())
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }
}
