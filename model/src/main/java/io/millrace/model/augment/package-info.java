/** Two random views of an image, as Pillow and torchvision make them. */
@NullMarked
package io.millrace.model.augment;

import org.jspecify.annotations.NullMarked;
