package io.millrace.ops.rest;

import io.millrace.connectors.shard.SessionUses;
import io.millrace.ops.Refusal;
import io.millrace.ops.node.AccountDesk;
import io.millrace.ops.node.NchfConfig;
import io.millrace.ops.node.Node;
import io.millrace.processors.shard.AccountAnswer;
import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.AccountRequest.Step;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Create, update and release of Nchf_ConvergedCharging (3GPP TS 32.291). Each is one step of a
 * session in the shard of its subscriber's account, durable before it is answered.
 */
public final class NchfHandlers {
  /** Where it is answered. */
  static final String PATH = "/nchf-convergedcharging/v3/chargingdata";

  private static final String REF = "ChargingDataRef";

  private final Node node;
  private final AccountDesk desk;
  private final Optional<NchfConfig> config;

  /** Of a node. */
  public NchfHandlers(Node node, AccountDesk desk) {
    this.node = node;
    this.desk = desk;
    this.config = node.config().nchf();
  }

  /** The handlers by operation id, for callers that wait. */
  public Map<String, Call.Handler> all() {
    Map<String, Call.Handler> all = new HashMap<>();
    later().forEach((id, handler) -> all.put(id, handler.waiting()));
    return all;
  }

  /** Those that let no thread wait for the commit. */
  Map<String, Call.Later> later() {
    return Map.of(
        "chargingDataCreate", this::create,
        "chargingDataUpdate", call -> step(Step.Kind.UPDATE, call),
        "chargingDataRelease", call -> step(Step.Kind.RELEASE, call));
  }

  private NchfConfig config() throws Refusal {
    return config.orElseThrow(
        () ->
            new Refusal(
                Refusal.Kind.UNKNOWN,
                "not-configured",
                "this node charges for no network functions",
                "have the operator add the section `nchf` to its configuration"));
  }

  private CompletableFuture<Answer> create(Call call) throws Exception {
    NchfConfig terms = config();
    boolean isEvent = Boolean.TRUE.equals(call.values().get("oneTimeEvent"));
    NchfStep step = new NchfStep(terms, desk, isEvent ? Step.Kind.EVENT : Step.Kind.BEGIN, call);
    AccountDesk.DeviceNow device = device(terms, call);
    return ask(device.shard(), step.uses(createKey(call), 0, 0, device.subscription()), call)
        .thenApply(
            answer ->
                Answer.json(201, step.told(answer))
                    .with(
                        "Location",
                        terms.apiRoot()
                            + PATH
                            + "/"
                            + new SessionRef(tenant(), device.shard(), answer.seq(), answer.n())));
  }

  private CompletableFuture<Answer> step(Step.Kind kind, Call call) throws Exception {
    NchfConfig terms = config();
    SessionRef ref = SessionRef.of(call.text(REF), tenant(), node.tenant().shards());
    NchfStep step = new NchfStep(terms, desk, kind, call);
    return ask(ref.shard(), step.uses(stepKey(kind, ref, call), ref.seq(), ref.n(), 0), call)
        .thenApply(
            answer ->
                kind == Step.Kind.RELEASE
                    ? new Answer(204, "application/json", new byte[0], Map.of())
                    : Answer.json(200, step.told(answer)));
  }

  private CompletableFuture<AccountAnswer> ask(int shard, SessionUses uses, Call call) {
    return desk.ask(shard, uses, call.after())
        .exceptionallyCompose(e -> CompletableFuture.failedFuture(asTold(e)));
  }

  /** What the shard refuses, with the statuses that network functions know. */
  private static Throwable asTold(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (!(cause instanceof Refusal refusal)) {
      return cause;
    }
    return switch (refusal.kind()) {
      case REFUSED ->
          new Refusal(Refusal.Kind.FORBIDDEN, refusal.code(), refusal.meaning(), refusal.next());
      case OTHER_REQUEST ->
          new Refusal(
              Refusal.Kind.MISUSE,
              refusal.code(),
              "another request of that session had this invocationSequenceNumber",
              "number each request higher than the one before; repeat one as it was");
      case UNKNOWN, GONE, FORBIDDEN, MISUSE, MEDIA_TYPE, TOO_LARGE, TOO_MANY, UNAVAILABLE ->
          refusal;
    };
  }

  private int tenant() {
    return node.tenant().id();
  }

  private AccountDesk.DeviceNow device(NchfConfig terms, Call call) throws Refusal {
    String identifier =
        switch (terms.identifier()) {
          case SUPI -> call.optionalText("subscriberIdentifier");
          case GPSI -> gpsi(call.values());
        };
    if (identifier == null) {
      throw new Refusal(
          Refusal.Kind.MISUSE,
          "no-subscriber",
          "the request does not say whose it is",
          "send "
              + switch (terms.identifier()) {
                case SUPI -> "`subscriberIdentifier`";
                case GPSI -> "`servedGPSI`";
              });
    }
    if (!identifier.startsWith(terms.strip()) || identifier.length() == terms.strip().length()) {
      throw new Refusal(
          Refusal.Kind.UNKNOWN,
          "unknown-device",
          "the subscriber is none of this node's",
          "the operator says what identifiers begin with: `nchf.strip`");
    }
    try {
      return desk.device(identifier.substring(terms.strip().length()));
    } catch (Refusal refusal) {
      throw asTold(refusal) instanceof Refusal told ? told : refusal;
    }
  }

  private static @Nullable String gpsi(Map<String, Object> values) {
    return values.get("pDUSessionChargingInformation") instanceof Map<?, ?> session
            && session.get("userInformation") instanceof Map<?, ?> user
            && user.get("servedGPSI") instanceof String gpsi
        ? gpsi
        : null;
  }

  /**
   * A create has no name yet. It is repeated where all that it says is repeated; that it is a
   * retransmission is no part of it.
   */
  private static AccountRequest.Key createKey(Call call) {
    TreeMap<String, Object> said = new TreeMap<>(call.values());
    said.remove("retransmissionIndicator");
    String text = "nchf create " + Json.line(sorted(said));
    return RequestKey.of(text, text);
  }

  /** When it was sent is no part of an update: its number is its name. */
  private static AccountRequest.Key stepKey(Step.Kind kind, SessionRef ref, Call call) {
    TreeMap<String, Object> said = new TreeMap<>(call.values());
    said.remove("retransmissionIndicator");
    said.remove("invocationTimeStamp");
    return RequestKey.of(
        "nchf " + ref + ' ' + call.values().get("invocationSequenceNumber"),
        "nchf " + kind + ' ' + Json.line(sorted(said)));
  }

  /** The same whatever the order of members. */
  private static Object sorted(Object tree) {
    return switch (tree) {
      case Map<?, ?> map -> {
        TreeMap<String, Object> members = new TreeMap<>();
        map.forEach((name, value) -> members.put(String.valueOf(name), sorted(value)));
        yield members;
      }
      case List<?> list -> list.stream().map(NchfHandlers::sorted).toList();
      default -> tree;
    };
  }
}
