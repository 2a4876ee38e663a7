package io.millrace.tests.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

/** Without the mark NullAway does not look at the package at all. */
final class PackageIsNullMarked extends ArchCondition<JavaClass> {
  PackageIsNullMarked() {
    super("lie in a null-marked package");
  }

  @Override
  public void check(JavaClass item, ConditionEvents events) {
    boolean marked =
        item.getPackage()
            .tryGetPackageInfo()
            .map(packageNotes -> packageNotes.isAnnotatedWith(NullMarked.class))
            .orElse(false);
    if (!marked) {
      events.add(
          SimpleConditionEvent.violated(
              item,
              item.getName()
                  + " lies in "
                  + item.getPackageName()
                  + ", which is not null-marked: give it a package-info.java with @NullMarked"));
    }
  }
}
