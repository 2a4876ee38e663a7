package io.millrace.connectors.codec;

import io.millrace.processors.shard.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which column says what: by name until a header places them, or by number. */
final class CsvColumns {
  private static final int NOT_THERE = -1;

  private final boolean byName;
  private final Readings readings;
  private final TimeReading time;
  private final boolean hasCommas;
  private final byte @Nullable [] type;
  private final byte @Nullable [] source;

  /** Names of the columns that are read: id, subject, time, type, source, then the values. */
  private final List<String> names = new ArrayList<>();

  private final List<Integer> slots = new ArrayList<>();
  private final List<Integer> textSlots = new ArrayList<>();
  private final int[] place;
  private int fields = NOT_THERE;
  private final Text cell = new Text();
  private final byte[][] numbers;

  CsvColumns(Options options, boolean byName, Readings readings) {
    this.byName = byName;
    this.readings = readings;
    names.add(options.required("id", "the column of the event's id"));
    names.add(options.required("subject", "the column of the device's name"));
    names.add(options.required("time", "the column of the time of use"));
    type = options.constant("type");
    names.add(either(options, "type", type));
    source = options.constant("source");
    names.add(either(options, "source", source));
    time = TimeReading.of(options);
    hasCommas = options.oneOf("decimal", "point", List.of("point", "comma")).equals("comma");
    for (Map.Entry<String, String> each :
        options.pairs("values", "write member=column; …").entrySet()) {
      names.add(each.getValue());
      slots.add(readings.slot(ReadingTree.ROOT + each.getKey()));
      textSlots.add(readings.filter().slot(ReadingTree.ROOT + each.getKey()));
    }
    place = new int[names.size()];
    numbers = new byte[slots.size()][JsonScanner.MAX_NUMBER];
    if (!byName) {
      for (int i = 0; i < place.length; i++) {
        place[i] = number(options, names.get(i));
      }
    }
  }

  /** The column that says it where the route does not; empty where the route does. */
  private static String either(Options options, String name, byte @Nullable [] constant) {
    String column = options.optional(name + "At");
    if ((column == null) == (constant == null)) {
      throw options.refused("needs either `" + name + "`, for all, or `" + name + "At`, a column");
    }
    return column == null ? "" : column;
  }

  private static int number(Options options, String name) {
    if (name.isEmpty()) {
      return NOT_THERE;
    }
    if (!name.matches("[1-9][0-9]{0,2}") || Integer.parseInt(name) > CsvRecord.MAX_FIELDS) {
      throw options.refused(
          "without a header, `" + name + "` must be the number of a column, from 1");
    }
    return Integer.parseInt(name) - 1;
  }

  /** Places the columns by a header; false where one is missing, or is there twice. */
  boolean place(CsvRecord header) {
    for (int i = 0; i < place.length; i++) {
      byte[] name = names.get(i).getBytes(StandardCharsets.UTF_8);
      place[i] = NOT_THERE;
      for (int field = 0; field < header.fields() && name.length > 0; field++) {
        header.text(field, cell);
        if (cell.is(name)) {
          if (place[i] != NOT_THERE) {
            return false;
          }
          place[i] = field;
        }
      }
      if (place[i] == NOT_THERE && name.length > 0) {
        return false;
      }
    }
    fields = header.fields();
    return true;
  }

  /** Takes an event from a record. */
  @Nullable Reason event(CsvRecord record, DecodedEvent into) {
    if (byName && record.fields() != fields) {
      return Reason.MALFORMED;
    }
    readings.begin();
    boolean isText =
        take(record, 0, null, into.id)
            && take(record, 1, null, into.subject)
            && take(record, 2, null, into.time)
            && take(record, 3, type, into.type)
            && take(record, 4, source, into.source);
    if (!isText) {
      return Reason.MALFORMED;
    }
    if (into.time.length > 0) {
      into.occurredAt = time.millis(into.time.bytes, into.time.from, into.time.length);
      if (into.occurredAt == Rfc3339.NOT_A_TIME) {
        return Reason.MALFORMED;
      }
    }
    for (int v = 0; v < slots.size(); v++) {
      int field = place[5 + v];
      if (slots.get(v) >= 0 && field < record.fields()) {
        number(record, field, slots.get(v), numbers[v]);
      }
      if (textSlots.get(v) >= 0 && field < record.fields()) {
        record.text(field, cell);
        readings.filter().put(textSlots.get(v), cell.bytes, cell.from, cell.length);
      }
    }
    return readings.complete(into, into.time.length > 0);
  }

  private boolean take(CsvRecord record, int column, byte @Nullable [] constant, Text into) {
    if (constant != null) {
      into.point(constant, 0, constant.length);
      return true;
    }
    if (place[column] >= record.fields()) {
      return false;
    }
    record.text(place[column], into);
    return Plain.isText(into.bytes, into.from, into.length);
  }

  /** A number that is too long, or empty, is none; what it says is the meter's to judge. */
  private void number(CsvRecord record, int field, int slot, byte[] room) {
    record.text(field, cell);
    if (cell.length < 1 || cell.length > room.length) {
      return;
    }
    for (int i = 0; i < cell.length; i++) {
      byte b = cell.bytes[cell.from + i];
      room[i] = !hasCommas ? b : b == ',' ? (byte) '.' : b == '.' ? (byte) '?' : b;
    }
    readings.put(slot, room, 0, cell.length);
  }
}
