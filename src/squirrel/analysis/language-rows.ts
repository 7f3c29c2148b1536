import { type ApiRow, parseRows } from '../api/table/row.ts'

/** What Squirrel itself offers, in the form of the imp API: global functions, and the methods of each type of value. */
export const LANGUAGE: readonly ApiRow[] = parseRows(`
both getroottable() -> table | The table of all global names.
both assert(condition: any) | Raises an error where the condition does not hold.
both print(value: any) | Writes a value to the log.
both error(value: any) | Writes a value to the log as an error.
both array(size: integer, fill?: any) -> array | An array of a size.
both type(value: any) -> string | The name of the type of a value; typeof asks the value's own _typeof first.
both callee() -> function | The function that runs.
both dummy(...) | Does nothing.
both collectgarbage() -> integer | Does nothing on imps: memory is given back at once.
both format(pattern: string, ...) -> string | A text made from a pattern such as "%02x %s" and values.
both split(text: string, separators: string) -> array | The parts of a text between characters; empty parts are left out.
both strip(text: string) -> string | A text without blanks at both ends.
both lstrip(text: string) -> string | A text without blanks at its beginning.
both rstrip(text: string) -> string | A text without blanks at its end.
both clock() -> float | Seconds of processor time.
both time() -> integer | Seconds since 1970, UTC.
both date(time?: integer, zone?: any) -> table | The parts of a time: year, month (0 to 11), day, hour, min, sec, wday, yday, usec.
both PI [property] | The ratio of a circle's circumference to its diameter, 3.14159.
both RAND_MAX [property] | The largest number that math.rand gives.
both math | Functions of numbers.
both .sqrt(x: number) -> float | The square root.
both .sin(x: number) -> float | The sine of an angle in radians.
both .cos(x: number) -> float | The cosine of an angle in radians.
both .tan(x: number) -> float | The tangent of an angle in radians.
both .asin(x: number) -> float | The angle of a sine, in radians.
both .acos(x: number) -> float | The angle of a cosine, in radians.
both .atan(x: number) -> float | The angle of a tangent, in radians.
both .atan2(y: number, x: number) -> float | The angle of a point, in radians.
both .log(x: number) -> float | The natural logarithm.
both .log10(x: number) -> float | The logarithm to base 10.
both .exp(x: number) -> float | e to a power.
both .pow(base: number, exponent: number) -> float | A power.
both .floor(x: number) -> float | The next whole number below.
both .ceil(x: number) -> float | The next whole number above.
both .fabs(x: number) -> float | The number without its sign, as a float.
both .abs(x: number) -> integer | The number without its sign, as an integer.
both .rand() -> integer | A random number from 0 to RAND_MAX.
both .srand(seed: number) | Begins the random numbers anew.
both string [class] | A text: bytes.
both .len() -> integer | The number of bytes.
both .tointeger(base?: integer) -> integer | The number that the text begins with.
both .tofloat() -> float | The number that the text begins with.
both .slice(start: integer, end?: integer) -> string | A part; negative places count from the end.
both .find(text: string, start?: integer) -> integer | Where a text begins in it; null if nowhere.
both .tolower() -> string | The text in small letters.
both .toupper() -> string | The text in capital letters.
both .tostring() -> string | The text itself.
both .weakref() -> weakref | A reference that does not keep the value.
both number [class] | An integer or a float.
both .tointeger() -> integer | The number without what is behind the point.
both .tofloat() -> float | The number as a float.
both .tochar() -> string | The text of one byte with this number.
both .tostring() -> string | The number as text.
both .weakref() -> weakref | The number itself.
both bool [class] | true or false.
both .tointeger() -> integer | 1 or 0.
both .tofloat() -> float | 1.0 or 0.0.
both .tostring() -> string | "true" or "false".
both .weakref() -> weakref | The value itself.
both table [class] | Slots by key.
both .len() -> integer | The number of slots.
both .rawget(key: any) -> any | The value of a slot, without asking the delegate.
both .rawset(key: any, value: any) | Sets a slot, without asking the delegate.
both .rawdelete(key: any) -> any | Deletes a slot and gives its value, without asking the delegate.
both .rawin(key: any) -> bool | Whether there is a slot, without asking the delegate.
both .clear() | Deletes all slots.
both .setdelegate(delegate: table|null) -> table | Sets the table that is asked for what this one has not.
both .getdelegate() -> table | The delegate, or null.
both .tostring() -> string | A text for the table, or what its _tostring gives.
both .weakref() -> weakref | A reference that does not keep the table.
both array [class] | Items by number, from 0.
both .len() -> integer | The number of items.
both .append(item: any) | Adds an item at the end.
both .push(item: any) | Adds an item at the end.
both .extend(items: array) | Adds the items of another array at the end.
both .pop() -> any | Removes the last item and gives it.
both .top() -> any | The last item.
both .insert(index: integer, item: any) | Puts an item before the one at an index.
both .remove(index: integer) -> any | Removes an item and gives it.
both .resize(size: integer, fill?: any) | Makes the array shorter or longer.
both .clear() | Removes all items.
both .sort(compare?: function) | Sorts the items in place; the function gives less than 0, 0 or more.
both .reverse() | Turns the order around, in place.
both .slice(start: integer, end?: integer) -> array | A part as a new array; negative places count from the end.
both .map(function: function) -> array | A new array of what a function gives for each item.
both .apply(function: function) | Replaces each item by what a function gives for it.
both .reduce(function: function) -> any | One value: the function takes what it gave before and the next item.
both .filter(function: function) -> array | A new array of the items for which function(index, item) gives true.
both .find(item: any) -> integer | The index of an item; null if it is not there.
both .tostring() -> string | A text for the array.
both .weakref() -> weakref | A reference that does not keep the array.
both function [class] | A function, a method or a native of the platform.
both .call(this: any, ...) -> any | Calls it with an object as "this".
both .pcall(this: any, ...) -> any | Calls it with an object as "this"; the error is not shown.
both .acall(arguments: array) -> any | Calls it with an array: "this", then the arguments.
both .pacall(arguments: array) -> any | The same; the error is not shown.
both .bindenv(this: any) -> function | The function with an object as "this", whoever calls it.
both .getinfos() -> table | Facts: name, parameters, whether it is native.
both .tostring() -> string | A text for the function.
both .weakref() -> weakref | A reference that does not keep the function.
both class [class] | A class.
both .getattributes(member: any) -> any | The attributes of a member, or of the class (null).
both .setattributes(member: any, value: any) -> any | Sets the attributes of a member, or of the class (null).
both .rawin(key: any) -> bool | Whether there is a member.
both .rawget(key: any) -> any | A member, without metamethods.
both .rawset(key: any, value: any) | Sets a member, without metamethods.
both .instance() -> instance | An instance, without calling the constructor.
both .getbase() -> class | The class that it extends, or null.
both .newmember(key: any, value: any, attributes?: any, static?: bool) | Adds a member.
both .rawnewmember(key: any, value: any, attributes?: any, static?: bool) | Adds a member, without metamethods.
both .tostring() -> string | A text for the class.
both .weakref() -> weakref | A reference that does not keep the class.
both instance [class] | An instance of a class.
both .getclass() -> class | Its class.
both .rawin(key: any) -> bool | Whether there is a member.
both .rawget(key: any) -> any | A member, without metamethods.
both .rawset(key: any, value: any) | Sets a member, without metamethods.
both .tostring() -> string | A text for the instance, or what its _tostring gives.
both .weakref() -> weakref | A reference that does not keep the instance.
both generator [class] | A function that was left with yield.
both .getstatus() -> string | "suspended", "running" or "dead".
both .tostring() -> string | A text for the generator.
both .weakref() -> weakref | A reference that does not keep the generator.
both weakref [class] | A reference that does not keep its value.
both .ref() -> any | The value, or null when it is gone.
both .tostring() -> string | A text for the reference.
both .weakref() -> weakref | The reference itself.
both blob [class] | Bytes that can be changed, with a place for reading and writing.
both .len() -> integer | The number of bytes.
both .tell() -> integer | The place.
both .eos() -> any | null, or 1 at the end.
both .flush() | Does nothing.
both .seek(offset: integer, from?: integer) -> integer | Sets the place: from the beginning, 'c' the place, or 'e' the end.
both .resize(size: integer) | Makes it shorter or longer.
both .swap2() | Swaps the bytes of each pair.
both .swap4() | Turns the bytes of each four around.
both .readn(type: integer) -> number | Reads a number: 'b' 's' 'w' 'c' 'i' 'f' 'd'.
both .writen(value: number, type: integer) | Writes a number: 'b' 's' 'w' 'c' 'i' 'f' 'd'.
both .readblob(size: integer) -> blob | Reads bytes as a blob.
both .writeblob(bytes: blob) | Writes the bytes of a blob.
both .readstring(size: integer) -> string | Reads bytes as a string.
both .writestring(text: string) | Writes the bytes of a string.
both .tostring() -> string | The bytes as a string.
both regexp [class] | A regular expression.
both .match(text: string) -> bool | Whether the whole text matches.
both .search(text: string, start?: integer) -> table | Where the first match begins and ends; null if nowhere.
both .capture(text: string, start?: integer) -> array | Where the match and its groups begin and end; null if nowhere.
both .subexpcount() -> integer | The number of groups, the whole included.
`)

/** The type in this table of what `typeof` and the API call a type. */
export function typeRow(name: string): string {
  return name === 'integer' || name === 'float' ? 'number' : name
}
