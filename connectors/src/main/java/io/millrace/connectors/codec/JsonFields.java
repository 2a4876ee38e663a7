package io.millrace.connectors.codec;

import io.millrace.processors.shard.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What of a JSON document makes an event: pointers into the event or into its whole document. */
final class JsonFields {
  /** Marks a pointer that begins at the document, not at the event. */
  static final String ROOT = "^";

  private final Readings readings;
  private final TimeReading time;
  private final byte @Nullable [] type;
  private final byte @Nullable [] source;

  /** Pointers into the event, and into its document; a field's place is in one of the two. */
  final List<String> inEvent = new ArrayList<>();

  final List<String> inRoot = new ArrayList<>();

  private final Place id;
  private final Place subject;
  private final Place at;
  private final @Nullable Place typeAt;
  private final @Nullable Place sourceAt;
  private final List<Place> values = new ArrayList<>();
  private final List<Integer> slots = new ArrayList<>();
  private final List<Integer> textSlots = new ArrayList<>();

  private record Place(boolean inRoot, int slot) {}

  JsonFields(Options options, Readings readings) {
    this.readings = readings;
    id = place(options.required("id", "a pointer to the event's id"));
    subject = place(options.required("subject", "a pointer to the device's name"));
    at = place(options.required("time", "a pointer to the time of use"));
    type = options.constant("type");
    typeAt = either(options, "type", type);
    source = options.constant("source");
    sourceAt = either(options, "source", source);
    time = TimeReading.of(options);
    for (Map.Entry<String, String> each :
        options.pairs("values", "write member=/pointer; …").entrySet()) {
      values.add(place(each.getValue()));
      slots.add(readings.slot(ReadingTree.ROOT + each.getKey()));
      textSlots.add(readings.filter().slot(ReadingTree.ROOT + each.getKey()));
    }
  }

  private Place place(String pointer) {
    boolean isRoot = pointer.startsWith(ROOT);
    List<String> pointers = isRoot ? inRoot : inEvent;
    pointers.add(isRoot ? pointer.substring(1) : pointer);
    return new Place(isRoot, pointers.size() - 1);
  }

  private @Nullable Place either(Options options, String name, byte @Nullable [] constant) {
    String pointer = options.optional(name + "At");
    if ((pointer == null) == (constant == null)) {
      throw options.refused("needs either `" + name + "`, for all, or `" + name + "At`, a pointer");
    }
    return pointer == null ? null : place(pointer);
  }

  /** Takes an event from what was scanned of it and of its document. */
  @Nullable Reason event(PointerScan event, PointerScan root, DecodedEvent into) {
    readings.begin();
    if (!take(id, event, root, into.id)
        || !take(subject, event, root, into.subject)
        || !take(at, event, root, into.time)
        || !take(typeAt, type, event, root, into.type)
        || !take(sourceAt, source, event, root, into.source)) {
      return Reason.MALFORMED;
    }
    if (into.time.length > 0) {
      boolean isText = (at.inRoot ? root : event).kind(at.slot) == PointerScan.STRING;
      into.occurredAt =
          time == TimeReading.RFC3339 && !isText
              ? Rfc3339.NOT_A_TIME
              : time.millis(into.time.bytes, into.time.from, into.time.length);
      if (into.occurredAt == Rfc3339.NOT_A_TIME) {
        return Reason.MALFORMED;
      }
    }
    for (int v = 0; v < slots.size(); v++) {
      Place place = values.get(v);
      PointerScan in = place.inRoot ? root : event;
      if (slots.get(v) >= 0 && in.kind(place.slot) == PointerScan.NUMBER) {
        Text number = in.text(place.slot);
        readings.put(slots.get(v), number.bytes, number.from, number.length);
      }
      int slot = textSlots.get(v);
      if (readings.filter().takesAny(slot) && in.kind(place.slot) != PointerScan.MISSING
          || slot >= 0 && in.kind(place.slot) == PointerScan.STRING) {
        Text text = in.text(place.slot);
        readings.filter().put(slot, text.bytes, text.from, text.length);
      }
    }
    return readings.complete(into, into.time.length > 0);
  }

  private static boolean take(
      @Nullable Place place,
      byte @Nullable [] constant,
      PointerScan event,
      PointerScan root,
      Text into) {
    if (constant != null) {
      into.point(constant, 0, constant.length);
    }
    return place == null || take(place, event, root, into);
  }

  /** What is missing is empty; what is neither a string nor a number is malformed. */
  private static boolean take(Place place, PointerScan event, PointerScan root, Text into) {
    PointerScan in = place.inRoot ? root : event;
    into.clear();
    int kind = in.kind(place.slot);
    if (kind == PointerScan.MISSING) {
      return true;
    }
    if (kind == PointerScan.OTHER || kind == PointerScan.BOOLEAN) {
      return false;
    }
    Text text = in.text(place.slot);
    into.point(text.bytes, text.from, text.length);
    return Plain.isText(text.bytes, text.from, text.length);
  }
}
