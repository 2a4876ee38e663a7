package io.millrace.tests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.shard.CrashPoints;
import java.math.BigDecimal;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Network functions begin, update and release sessions while the gateway is killed and another node
 * takes over. A step that was answered is charged once and answered the same when it is repeated;
 * one that was not is repeated under its number and done once, or given up and then charged wholly
 * or not at all; in the end nothing is held. Run another seed with {@code -Dcrash.seed=N}.
 */
class NchfCrashIT {
  private static final long SEED = Long.getLong("crash.seed", 20_261_126);
  private static final int SIMS = 12;
  private static final String PATH = "/nchf-convergedcharging/v3/chargingdata";
  private static final String PAID = "1000";

  private static final List<String> ENDS =
      List.of(
          "",
          CrashPoints.INSIDE_COMMIT + ":60",
          CrashPoints.AFTER_COMMIT + ":80",
          CrashPoints.BEFORE_COMMIT + ":100",
          CrashPoints.AFTER_COMMIT + ":40",
          "");

  private final HttpClient http = HttpClient.newHttpClient();

  private enum Kind {
    BEGIN,
    UPDATE,
    RELEASE
  }

  /** A step as it is sent, and sent again. */
  private record Asked(Kind kind, String path, String body, long used) {}

  /** A SIM, and the network function that asks for it, one step after the other. */
  private final class Sim {
    private final String name;
    private final SplittableRandom random;
    private @Nullable Asked unanswered;
    private @Nullable Asked last;
    private String lastAnswer = "";
    private String session = "";
    private int number;
    private long used;
    private final List<Long> givenUp = new ArrayList<>();
    private long answers;
    private long again;

    Sim(int n) {
      name = "21407%010d".formatted(n);
      random = new SplittableRandom(SEED + n);
    }

    void ask(Gateway gateway) {
      try {
        while (gateway.process().isAlive()) {
          step(gateway, true);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** Has what is not answered answered, and the session released. */
    void finish(Gateway gateway) throws InterruptedException {
      while (unanswered != null) {
        step(gateway, false);
      }
      if (!session.isEmpty()) {
        unanswered = asked(Kind.RELEASE, session + "/release");
        finish(gateway);
      }
    }

    private void step(Gateway gateway, boolean mayGiveUp) throws InterruptedException {
      Asked before = unanswered;
      Asked asked = before == null ? next() : before;
      again += before == null ? 0 : 1;
      unanswered = asked;
      HttpResponse<String> answer = send(gateway, asked);
      if (answer == null || answer.statusCode() >= 429) {
        boolean isGone = answer == null && !gateway.process().isAlive();
        if (isGone && mayGiveUp && asked.kind == Kind.UPDATE && random.nextInt(3) == 0) {
          givenUp.add(asked.used);
          unanswered = null;
        }
        return;
      }
      unanswered = null;
      answers++;
      take(asked, answer);
    }

    private void take(Asked asked, HttpResponse<String> answer) {
      int wanted =
          switch (asked.kind) {
            case BEGIN -> 201;
            case UPDATE -> 200;
            case RELEASE -> 204;
          };
      assertEquals(wanted, answer.statusCode(), () -> answer.body() + " to " + asked);
      used += asked.used;
      last = asked;
      lastAnswer = answer.body();
      if (asked.kind == Kind.BEGIN) {
        session = answer.headers().firstValue("Location").orElseThrow();
      } else if (asked.kind == Kind.RELEASE) {
        session = "";
      }
    }

    private Asked next() {
      if (session.isEmpty()) {
        return asked(Kind.BEGIN, PATH);
      }
      return random.nextInt(4) == 0
          ? asked(Kind.RELEASE, session + "/release")
          : asked(Kind.UPDATE, session + "/update");
    }

    private Asked asked(Kind kind, String path) {
      long units = kind == Kind.BEGIN ? 0 : 1 + random.nextInt(1_000_000);
      String body =
          """
          {"subscriberIdentifier":"imsi-%s","nfConsumerIdentification":{"nodeFunctionality":"SMF"},\
          "invocationTimeStamp":"%s","invocationSequenceNumber":%d,"multipleUnitUsage":\
          [{"ratingGroup":10%s%s}]}\
          """
              .formatted(
                  name,
                  Instant.now(),
                  ++number,
                  kind == Kind.RELEASE
                      ? ""
                      : ",\"requestedUnit\":{\"serviceSpecificUnits\":"
                          + (1 + random.nextInt(2_000_000))
                          + "}",
                  units == 0
                      ? ""
                      : ",\"usedUnitContainer\":[{\"localSequenceNumber\":1,"
                          + "\"serviceSpecificUnits\":"
                          + units
                          + "}]");
      return new Asked(kind, path, body, units);
    }
  }

  private @Nullable HttpResponse<String> send(Gateway gateway, Asked asked)
      throws InterruptedException {
    return BankClient.post(http, gateway, asked.path, "none", "application/json", asked.body);
  }

  @Test
  @Timeout(300)
  void sessionsUnderKills_areChargedOnceAndHoldNothingInTheEnd() throws Exception {
    Path folder = Path.of("target/crash/nchf");
    try (City city = new City(folder, 1, 1, SEED, ENDS.size())) {
      try {
        city.configure(
            """
            nchf:
              subscriber: supi
              strip: imsi-
              validity: 600
              rating-groups:
                10: {meter: energy, unit: serviceSpecificUnits, grant: 1500000}
            """);
        run(city);
      } catch (Throwable e) {
        System.err.println("seed " + SEED + ", logs in " + folder);
        System.err.println(city.complaints());
        throw e;
      }
    }
  }

  private void run(City city) throws Exception {
    List<Sim> sims = new ArrayList<>();
    for (int n = 0; n < SIMS; n++) {
      sims.add(new Sim(n));
    }
    Gateway first = city.startGateway("gateway", "");
    first.awaitReady();
    open(first, sims);
    first.process().kill();
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < ENDS.size(); i++) {
      String end = ENDS.get(i);
      Gateway gateway = city.startGateway("gateway" + (i % 2 == 0 ? "" : "-2"), end);
      gateway.awaitReadyOrEnd();
      List<CompletableFuture<Void>> asking = new ArrayList<>();
      for (Sim sim : sims) {
        asking.add(CompletableFuture.runAsync(() -> sim.ask(gateway), Thread::startVirtualThread));
      }
      int millis = end.isEmpty() ? random.nextInt(1_000, 2_000) : 15_000;
      if (!gateway.process().endsWithin(Duration.ofMillis(millis))) {
        gateway.process().kill();
      }
      asking.forEach(CompletableFuture::join);
    }
    Gateway last = city.startGateway("gateway-2", "");
    last.awaitReady();
    int done = 0;
    for (Sim sim : sims) {
      done += judge(last, sim);
    }
    last.process().kill();
    assertEquals(List.of(), city.violations());
    JournalAudit audit = city.audit();
    audit.advance();
    audit.judge();
    long answers = sims.stream().mapToLong(s -> s.answers).sum();
    long again = sims.stream().mapToLong(s -> s.again).sum();
    int givenUp = sims.stream().mapToInt(s -> s.givenUp.size()).sum();
    System.out.printf(
        "%d steps answered, %d asked again; of %d given up %d were charged%n",
        answers, again, givenUp, done);
    assertTrue(answers > 500 && again > ENDS.size() && givenUp > 0, "too little was done");
  }

  private void open(Gateway gateway, List<Sim> sims) throws Exception {
    StringBuilder csv = new StringBuilder("subject,account,offer,from,to\n");
    String from = Instant.now().minus(Duration.ofHours(2)).toString();
    for (Sim sim : sims) {
      String account = "{\"account\":\"of-%s\",\"kind\":\"prepaid\"}".formatted(sim.name);
      post(gateway, "/v1/accounts", "open-" + sim.name, account, 201);
      String paid = "{\"amount\":\"" + PAID + "\"}";
      post(gateway, "/v1/accounts/of-" + sim.name + "/top-up", "pay-" + sim.name, paid, 200);
      csv.append("%s,of-%s,lamp,%s,\n".formatted(sim.name, sim.name, from));
    }
    assertTrue(gateway.importDevices(csv.toString()).isPresent());
  }

  private void post(Gateway gateway, String path, String key, String body, int status)
      throws InterruptedException {
    HttpResponse<String> answer =
        BankClient.post(http, gateway, path, key, "application/json", body);
    assertTrue(answer != null && answer.statusCode() == status, () -> "not done: " + body);
  }

  /** What its steps were answered is what its account says; how many given up are charged. */
  @SuppressWarnings("unchecked")
  private int judge(Gateway gateway, Sim sim) throws Exception {
    sim.finish(gateway);
    Asked repeated = sim.last;
    assertTrue(repeated != null, "it was never answered");
    HttpResponse<String> again = send(gateway, repeated);
    assertTrue(again != null && again.body().equals(sim.lastAnswer), "another answer");
    HttpResponse<String> answer = BankClient.get(http, gateway, "/v1/accounts/of-" + sim.name);
    assertTrue(answer != null && answer.statusCode() == 200, "it is not answered for");
    Map<String, Object> account = BankClient.tree(answer.body());
    Map<String, Object> funds = (Map<String, Object>) account.get("funds");
    BigDecimal energy = BigDecimal.ZERO;
    for (Map<String, Object> line : (List<Map<String, Object>>) account.get("usage")) {
      energy =
          energy.add(line.get("name").equals("energy") ? decimal(line, "amount") : BigDecimal.ZERO);
    }
    assertEquals(0, decimal(funds, "reserved").signum(), answer::body);
    assertEquals(
        0,
        new BigDecimal(PAID)
            .subtract(decimal(account, "balance"))
            .compareTo(decimal(funds, "available")),
        answer::body);
    long charged = energy.movePointRight(9).longValueExact() / BankClient.UNITS_PER_WH;
    long beyond = charged - sim.used;
    TreeSet<Long> sums = new TreeSet<>(List.of(0L));
    int most = 0;
    for (long each : sim.givenUp) {
      List.copyOf(sums).forEach(s -> sums.add(s + each));
      most += beyond >= each ? 1 : 0;
    }
    assertTrue(
        sums.contains(beyond),
        () -> sim.name + " used " + sim.used + " and maybe " + sim.givenUp + ", not " + charged);
    return beyond == 0 ? 0 : Math.max(1, Math.min(most, sim.givenUp.size()));
  }

  private static BigDecimal decimal(Map<String, Object> tree, String member) {
    return new BigDecimal(String.valueOf(tree.get(member)));
  }
}
