// Synthetic people: numbers of region 66, which does not exist, with a right check character, and telephone numbers
// of a range that is given to nobody.

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** A citizen ID number. born is YYYY-MM-DD, serial 1 to 499, sex "男" or "女". */
export function idNumber(born, serial, sex) {
  const order = String(serial * 2 + (sex === "男" ? 1 : 0)).padStart(3, "0");
  const body = `660102${born.replaceAll("-", "")}${order}`;
  const sum = [...body].reduce((total, digit, i) => total + Number(digit) * weights[i], 0);
  return body + "10X98765432"[sum % 11];
}

/** The same number with a wrong check character. */
export const misprinted = (number) => number.slice(0, 17) + (number.endsWith("1") ? "2" : "1");

export const telephone = (n) => `154${String(n).padStart(8, "0")}`;
