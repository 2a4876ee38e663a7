package io.millrace.ops.rest;

import io.millrace.catalog.Meter;
import io.millrace.ops.Refusal;
import io.millrace.ops.node.AccountDesk;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.usage.Attributes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a request says of the use that it asks for, checked against what is asked of events. */
final class AskedAttributes {
  /** Of a request. */
  static final String MEMBER = "attributes";

  private AskedAttributes() {}

  /** What a call that the contract has let through says; null where it has no such member. */
  static @Nullable Attributes of(Call call, Rules rules, AccountDesk.Reading reading)
      throws Refusal {
    if (!(call.values().get(MEMBER) instanceof Map<?, ?> members)) {
      return null;
    }
    TreeSet<String> known = asked(rules.types().get(reading.type()).meters());
    Map<String, String> said = new TreeMap<>();
    for (Map.Entry<?, ?> member : members.entrySet()) {
      String name = String.valueOf(member.getKey());
      String text = String.valueOf(member.getValue());
      if (!known.contains(name)) {
        throw new Refusal(
            Refusal.Kind.MISUSE,
            "unknown-attribute",
            "no band or meter of the catalog asks for `" + name + "` of events of that meter",
            known.isEmpty()
                ? "leave it out: the price hangs on none"
                : "leave it out; what is asked for is " + known);
      }
      if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
        throw new Refusal(
            Refusal.Kind.MISUSE,
            Schema.BAD,
            "`" + name + "` is not what the contract says",
            "`" + name + "` is a text of whole characters");
      }
      said.put(name, text);
    }
    return Attributes.of(said);
  }

  /** The members of events that some band or meter of some version asks for. */
  private static TreeSet<String> asked(List<Meter> meters) {
    TreeSet<String> names = new TreeSet<>();
    for (Meter meter : meters) {
      meter.where().forEach(w -> names.add(w.field()));
      meter.alternatives().forEach(all -> all.forEach(w -> names.add(w.field())));
    }
    return names;
  }
}
