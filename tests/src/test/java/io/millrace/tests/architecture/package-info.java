/** The shape of the house, checked: who may import whom, what the engine must not know, names. */
@NullMarked
package io.millrace.tests.architecture;

import org.jspecify.annotations.NullMarked;
