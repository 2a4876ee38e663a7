package io.millrace.ops.rest;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogChanges;
import io.millrace.catalog.CatalogChanges.Change;
import io.millrace.catalog.CatalogFile;
import io.millrace.catalog.Problem;
import io.millrace.catalog.Succession.Fault;
import io.millrace.catalog.TakenAway;
import io.millrace.connectors.clock.CommitClock;
import io.millrace.connectors.tenant.CatalogVersions;
import io.millrace.connectors.tenant.CatalogVersions.Outcome;
import io.millrace.connectors.tenant.CatalogVersions.Stored;
import io.millrace.ops.Refusal;
import io.millrace.ops.node.CrashSwitch;
import io.millrace.ops.node.Node;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The versions of the catalog: which hold, what they change, and how one is added or taken back.
 */
public final class CatalogHandlers {
  private static final int MOST_TOLD = 20;

  /** One more is told by the reader. */
  private static final int MOST_BYTES = 1 << 20;

  private final Node node;
  private final CatalogVersions versions;

  /** Of a node. */
  public CatalogHandlers(Node node) {
    this.node = node;
    this.versions =
        new CatalogVersions(node.database().pool(), node.tenant(), CrashSwitch.ofProcess());
  }

  /** The handlers by operation id. */
  public Map<String, Call.Handler> all() {
    return Map.of(
        "catalogs", this::list,
        "catalog", this::show,
        "activateCatalog", this::activate,
        "withdrawCatalog", this::withdraw);
  }

  private Answer list(Call call) throws SQLException {
    String state = call.optionalText("state");
    Instant now = now();
    List<Map<String, Object>> all = new ArrayList<>();
    Stored before = null;
    for (Stored each : versions.all()) {
      Map<String, Object> told = version(each, now);
      if (each.held() && before != null) {
        told.put("changes", changes(before, each.source()));
        told.put("warnings", warnings(before, read(each.source())));
      }
      before = each.held() ? each : before;
      if (state == null || state.equals(told.get("state"))) {
        all.add(told);
      }
    }
    return Answer.json(Json.object("catalogs", all));
  }

  private Answer show(Call call) throws SQLException, Refusal {
    Stored found = find(call.text("catalog"));
    Map<String, Object> told = version(found, now());
    told.put("source", found.source());
    String against = call.optionalText("against");
    if (against != null) {
      Stored other = find(against);
      told.put("changes", changes(other, found.source()));
      told.put("warnings", warnings(other, read(found.source())));
    }
    return Answer.json(told);
  }

  private Answer activate(Call call) throws Exception {
    byte[] text = call.body().body().readNBytes(MOST_BYTES + 1);
    return switch (CatalogFile.read("catalog", text)) {
      case CatalogFile.Result.Rejected rejected -> invalid(rejected.problems());
      case CatalogFile.Result.Accepted(Catalog catalog) -> activate(call, catalog, text);
    };
  }

  private Answer activate(Call call, Catalog catalog, byte[] text) throws SQLException, Refusal {
    Stored before = before(catalog);
    Outcome outcome =
        call.flag("dryRun")
            ? versions.tried(catalog, believedNow())
            : versions.activate(catalog, text, believedNow());
    if (outcome instanceof Outcome.Refused(List<Fault> faults)) {
      return refused(faults);
    }
    boolean already = outcome instanceof Outcome.Already;
    if (outcome instanceof Outcome.Done && !call.flag("dryRun")) {
      node.host().nudge();
    }
    return Answer.json(
        Json.object(
            "hash", catalog.hash(),
            "effective", catalog.effective(),
            "outcome", already ? "already" : call.flag("dryRun") ? "could" : "activated",
            "after", before == null ? null : before.hash(),
            "changes",
                before == null || already
                    ? List.of()
                    : changes(before, new String(text, StandardCharsets.UTF_8)),
            "warnings", before == null || already ? List.of() : warnings(before, catalog)));
  }

  private Answer withdraw(Call call) throws SQLException, Refusal {
    Stored found = find(call.text("catalog"));
    Outcome outcome = versions.withdraw(found.hash(), believedNow());
    if (outcome instanceof Outcome.Refused(List<Fault> faults)) {
      return refused(faults);
    }
    node.host().nudge();
    return Answer.json(
        Json.object(
            "hash", found.hash(),
            "effective", found.effective(),
            "outcome", outcome instanceof Outcome.Already ? "already" : "withdrawn"));
  }

  private Instant now() {
    return Instant.ofEpochMilli(node.clock().read().now());
  }

  /** The same for an act that hangs on it. */
  private Instant believedNow() throws Refusal {
    CommitClock.Reading time = node.clock().read();
    if (!time.ticks()) {
      throw new Refusal(
          Refusal.Kind.REFUSED,
          "clock-stopped",
          "this node's clock is not believed, so that nobody can say what has begun",
          "see `millrace clock`, agree to what the time is, and try again");
    }
    return Instant.ofEpochMilli(time.now());
  }

  /** The version whose hash begins so, if it is one. */
  private Stored find(String hash) throws SQLException, Refusal {
    List<Stored> found =
        versions.all().stream().filter(each -> each.hash().startsWith(hash)).toList();
    if (found.size() != 1) {
      throw new Refusal(
          Refusal.Kind.UNKNOWN,
          "unknown-version",
          found.isEmpty() ? "no version's hash begins so" : "several versions' hashes begin so",
          "GET /v1/catalogs lists them");
    }
    return found.getFirst();
  }

  /** The version that holds until a catalog begins. */
  private @Nullable Stored before(Catalog catalog) throws SQLException {
    Stored before = null;
    for (Stored each : versions.all()) {
      if (each.held() && each.effective().isBefore(catalog.effective())) {
        before = each;
      }
    }
    return before;
  }

  private static List<String> changes(Stored before, String after) {
    return CatalogChanges.between(
            before.source().getBytes(StandardCharsets.UTF_8),
            after.getBytes(StandardCharsets.UTF_8))
        .stream()
        .map(Change::toString)
        .toList();
  }

  /** What somebody loses who has it by the version before. */
  private static List<String> warnings(Stored before, Catalog after) {
    return TakenAway.between(read(before.source()), after);
  }

  private static Catalog read(String source) {
    return switch (CatalogFile.read("catalog", source.getBytes(StandardCharsets.UTF_8))) {
      case CatalogFile.Result.Accepted(Catalog catalog) -> catalog;
      case CatalogFile.Result.Rejected rejected ->
          throw new IllegalStateException("a stored version is none: " + rejected.problems());
    };
  }

  private Map<String, Object> version(Stored each, Instant now) {
    boolean current = node.rules().catalogAt(now.toEpochMilli()).hash().equals(each.hash());
    return Json.object(
        "hash", each.hash(),
        "name", each.name(),
        "effective", each.effective(),
        "importedAt", each.importedAt(),
        "state",
            !each.held()
                ? "withdrawn"
                : current ? "current" : each.effective().isAfter(now) ? "coming" : "past");
  }

  private static Answer invalid(List<Problem> problems) {
    List<String> told = problems.stream().limit(MOST_TOLD).map(Problem::toString).toList();
    return Answer.problem(
        400,
        "bad-catalog",
        "the catalog has " + problems.size() + " problem" + (problems.size() == 1 ? "" : "s"),
        "mend what `errors` name; ./millrace check tells all of them",
        Json.object("errors", told));
  }

  private static Answer refused(List<Fault> faults) {
    List<String> told =
        faults.stream()
            .limit(MOST_TOLD)
            .map(f -> f.code() + ": " + f.what() + ". " + f.fix())
            .toList();
    return Answer.problem(
        409,
        faults.getFirst().code(),
        faults.getFirst().what(),
        faults.getFirst().fix(),
        Json.object("errors", told));
  }
}
