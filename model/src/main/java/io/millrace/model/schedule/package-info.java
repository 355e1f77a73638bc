/** Learning rates over steps. */
@NullMarked
package io.millrace.model.schedule;

import org.jspecify.annotations.NullMarked;
