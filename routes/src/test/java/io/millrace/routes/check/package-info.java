@NullMarked
package io.millrace.routes.check;

import org.jspecify.annotations.NullMarked;
