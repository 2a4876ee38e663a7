package io.millrace.tests.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.lang.reflect.Executable;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;

/** No field or parameter whose name speaks of money is floating point; a rate per second may be. */
final class MoneyIsExact extends ArchCondition<JavaClass> {
  private static final Set<Class<?>> FLOATING =
      Set.of(double.class, float.class, Double.class, Float.class, double[].class, float[].class);
  private static final Set<String> MONEY =
      Set.of(
          "amount",
          "amounts",
          "price",
          "prices",
          "balance",
          "balances",
          "charge",
          "charges",
          "money",
          "fee",
          "fees");

  MoneyIsExact() {
    super("keep money in exact types");
  }

  @Override
  public void check(JavaClass item, ConditionEvents events) {
    Class<?> type = item.reflect();
    Stream<String> fields =
        Arrays.stream(type.getDeclaredFields())
            .filter(field -> wrong(field.getType(), field.getName()))
            .map(field -> "field " + field.getName());
    Stream<String> parameters =
        Stream.<Executable>concat(
                Arrays.stream(type.getDeclaredMethods()),
                Arrays.stream(type.getDeclaredConstructors()))
            .flatMap(method -> Arrays.stream(method.getParameters()))
            .filter(parameter -> wrong(parameter.getType(), parameter.getName()))
            .map(MoneyIsExact::describe);
    Stream.concat(fields, parameters)
        .distinct()
        .forEach(
            what ->
                events.add(
                    SimpleConditionEvent.violated(
                        item,
                        item.getName()
                            + ": "
                            + what
                            + " is floating point: money is a long in ledger units or a"
                            + " BigDecimal")));
  }

  private static String describe(Parameter parameter) {
    return "parameter "
        + parameter.getName()
        + " of "
        + parameter.getDeclaringExecutable().getName();
  }

  private static boolean wrong(Class<?> type, String name) {
    return FLOATING.contains(type)
        && !name.endsWith("PerSecond")
        && words(name).anyMatch(MONEY::contains);
  }

  /** The words of a camelCase or UPPER_CASE name, in lower case. */
  private static Stream<String> words(String name) {
    return Arrays.stream(name.split("_|(?<=[a-z0-9])(?=[A-Z])"))
        .map(word -> word.toLowerCase(java.util.Locale.ROOT));
  }
}
