/**
 * Bad input through every source into a real database: a table, and what must become of each row.
 */
@NullMarked
package io.millrace.tests.badinput;

import org.jspecify.annotations.NullMarked;
