package io.millrace.ops.rest;

import io.millrace.connectors.devices.DeviceFormat;
import io.millrace.connectors.devices.DeviceIntake;
import io.millrace.connectors.devices.DeviceList;
import io.millrace.connectors.devices.DeviceTally;
import io.millrace.connectors.devices.DevicesUnreadable;
import io.millrace.connectors.shard.ShardMoved;
import io.millrace.connectors.tenant.DeviceVerdict;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.ops.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import javax.sql.DataSource;

/** The device directory: what it has, read from the database, and lists that are added to it. */
public final class DeviceHandlers {
  /** Devices of one list. */
  static final int MOST_LINES = 1_000_000;

  private final DeviceList list;
  private final Tenant tenant;

  /** Of a tenant. */
  public DeviceHandlers(DataSource database, Tenant tenant) {
    this.list = new DeviceList(database);
    this.tenant = tenant;
  }

  /** The handlers by operation id that need no more than the database. */
  public Map<String, Call.Handler> all() {
    return Map.of("devices", this::devices, "device", this::device);
  }

  /**
   * The handlers of a node that takes devices in.
   *
   * @param repeats keeps the answers to requests that are repeated
   */
  public Map<String, Call.Handler> all(DeviceIntake.Taker taker, Repeats repeats) {
    Map<String, Call.Handler> all = new LinkedHashMap<>(all());
    all.put(
        "importDevices",
        call -> repeats.once("importDevices", call, body -> take(taker, call.body().type(), body)));
    return all;
  }

  private Answer devices(Call call) throws Exception {
    int limit = call.number("limit");
    Long cursor = call.optionalNumber("cursor");
    List<DeviceList.Row> rows =
        list.list(
            tenant.id(),
            new DeviceList.Filter(
                call.optionalText("subject"),
                call.optionalText("account"),
                call.optionalText("offer"),
                call.optionalTime("at")),
            cursor == null ? -1 : cursor,
            limit);
    return Answer.json(
        Json.object(
            "devices",
            rows.stream().map(DeviceHandlers::row).toList(),
            "next",
            rows.size() < limit ? null : Long.toString(rows.getLast().id())));
  }

  private Answer device(Call call) throws Exception {
    String subject = call.text("subject");
    List<DeviceList.Row> rows = list.of(tenant.id(), subject);
    if (rows.isEmpty()) {
      throw new Refusal(
          Refusal.Kind.UNKNOWN,
          "unknown-device",
          "the directory has no device of that subject",
          "import it: POST /v1/devices, or `./millrace devices import FILE`");
    }
    return Answer.json(
        Json.object(
            "subject", subject, "subscriptions", rows.stream().map(DeviceHandlers::row).toList()));
  }

  private static Map<String, Object> row(DeviceList.Row row) {
    return Json.object(
        "subscription", row.id(),
        "subject", row.subject(),
        "account", row.account(),
        "offer", row.offer(),
        "from", row.from(),
        "to", row.to().orElse(null),
        "group", row.group().isEmpty() ? null : row.group(),
        "shard", row.shard());
  }

  private static Answer take(DeviceIntake.Taker taker, String type, InputStream body)
      throws Exception {
    DeviceIntake intake = new DeviceIntake(taker, MOST_LINES);
    try {
      intake.take(DeviceFormat.ofMediaType(type).orElseThrow().read(body));
      return Answer.json(report(intake.tally()));
    } catch (DevicesUnreadable e) {
      Map<String, Object> report = report(intake.tally());
      report.put("line", e.line());
      return Answer.problem(
          400,
          "devices-unreadable",
          "line " + e.line() + ": " + e.getMessage(),
          standing(),
          report);
    } catch (IOException e) {
      throw new Refusal(
          Refusal.Kind.MISUSE, "body-incomplete", "the body did not arrive whole", standing());
    } catch (CompletionException e) {
      if (e.getCause() instanceof ShardMoved) {
        throw new Refusal(
            Refusal.Kind.UNAVAILABLE,
            "shard-moved",
            "a shard of these devices is on another node",
            standing());
      }
      throw e;
    } catch (SQLException e) {
      throw Refusal.database();
    }
  }

  private static String standing() {
    return "mend it and send all of it again: what was taken in stays, and is known then";
  }

  private static Map<String, Object> report(DeviceTally tally) {
    List<Map<String, Object>> refused = new ArrayList<>();
    int count = 0;
    for (DeviceVerdict verdict : DeviceVerdict.values()) {
      if (verdict.isRefusal() && tally.count(verdict) > 0) {
        count += tally.count(verdict);
        refused.add(
            Json.object(
                "code", verdict.code(),
                "title", verdict.meaning(),
                "detail", verdict.next(),
                "lines", Arrays.stream(tally.refused(verdict)).boxed().toList()));
      }
    }
    return Json.object(
        "devices", tally.lines(),
        "created", tally.count(DeviceVerdict.CREATED),
        "known", tally.count(DeviceVerdict.KNOWN),
        "refused", count,
        "refusals", refused);
  }
}
