package io.millrace.catalog;

import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Compares what a file says by the values of its numbers: 1 is 1.00, however it is written. */
final class ByValue {
  private ByValue() {}

  /** Whether two are equal so: records member by member, lists element by element. */
  static boolean equal(Object a, Object b) {
    if (a instanceof BigDecimal x && b instanceof BigDecimal y) {
      return x.compareTo(y) == 0;
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      return equal(x, y);
    }
    if (a instanceof Optional<?> x && b instanceof Optional<?> y) {
      return equal(x.stream().toList(), y.stream().toList());
    }
    return a instanceof Record && a.getClass() == b.getClass() ? sameMembers(a, b) : a.equals(b);
  }

  private static boolean equal(List<?> a, List<?> b) {
    if (a.size() != b.size()) {
      return false;
    }
    Iterator<?> others = b.iterator();
    for (Object each : a) {
      if (!equal(each, others.next())) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameMembers(Object a, Object b) {
    try {
      for (RecordComponent member : a.getClass().getRecordComponents()) {
        Object x = member.getAccessor().invoke(a);
        Object y = member.getAccessor().invoke(b);
        if (x == null || y == null ? x != y : !equal(x, y)) {
          return false;
        }
      }
      return true;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a record that can't be read: " + a.getClass(), e);
    }
  }
}
