// The workbook of the journey: a town's new people typed by hand, with every fault the roster rules name, each once.
// A row says what is wrong with it and how the Party worker mends it.
import { idNumber, misprinted, telephone } from "./person.mjs";
import { writeSheet } from "./sheet.mjs";

// The words people use, not those of the blank template.
export const header = [
  "姓名", "身份证号", "性别", "出生日期", "民族", "学历", "党员类别", "支部", "入党时间", "转正时间", "工作岗位", "联系电话",
  "家庭住址", "是否为失联党员", "失去联系日期",
];

/** What the program calls the columns that people call otherwise. */
const proper = {
  身份证号: "公民身份号码", 党员类别: "人员类别", 支部: "所在党支部", 入党时间: "加入党组织日期", 转正时间: "转为正式党员日期", 联系电话: "手机号码",
};

/**
 * Rows with their faults. Each journey takes its own series (0, 1, 2 …), so that nobody is in two workbooks.
 * Giving: rows of cells, faults as { row, column, code, level }, mends as a map from name to the right cells.
 */
export function townRoster(series, branch, otherBranch) {
  let serial = 20 + series * 40;
  const rows = [header];
  const faults = [];
  const mends = new Map();

  const add = (name, born, sex, cells = {}, fault, mend) => {
    serial++;
    const right = {
      姓名: name, 身份证号: idNumber(born, serial, sex), 性别: sex, 出生日期: born, 民族: "汉族", 学历: "本科", 党员类别: "正式党员",
      支部: branch, 入党时间: "2010-06-30", 转正时间: "2011-06-30", 工作岗位: "务农", 联系电话: telephone(series * 100 + serial),
      家庭住址: "清泽市虚构路 1 号",
    };
    const typed = { ...right, ...cells };
    rows.push(header.map((column) => typed[column] ?? ""));
    if (!fault) return right;
    const [column, code, level = "error"] = fault;
    faults.push({ row: rows.length, column: proper[column] ?? column, code, level });
    if (level === "error") mends.set(name, { ...right, ...mend });
    return right;
  };

  // Whom the journey looks for afterwards; the surnames are read otherwise than the same characters elsewhere.
  const surname = ["甲", "乙", "丙", "丁"][series];
  const good = [
    add(`单小燕${surname}`, "1985-03-02", "女"),
    add(`曾国强${surname}`, "1979-11-20", "男", { 入党时间: "2003.7.1", 转正时间: "2004年7月1日" }),
    add(`欧阳静${surname}`, "1998-05-17", "女", { 党员类别: "预备", 入党时间: "2026/3/12", 转正时间: "" }),
  ];

  add("何一", "1980-01-05", "男", { 身份证号: misprinted(idNumber("1980-01-05", serial + 1, "男")) }, ["身份证号", "checksum"]);
  add("何二", "1981-02-06", "女", { 身份证号: idNumber("1981-02-30", serial + 1, "女"), 出生日期: "" }, ["身份证号", "birth_date"]);
  add("何三", "1982-03-07", "男", { 身份证号: "660102820307015" }, ["身份证号", "format"]);
  add("何四", "1983-04-08", "男", { 性别: "女" }, ["性别", "sex_mismatch"]);
  add("何五", "1984-05-09", "女", { 出生日期: "1984-05-10" }, ["出生日期", "born_mismatch"]);
  add("何六", "1985-06-10", "男", { 入党时间: "06.7.1" }, ["入党时间", "date_format"]);
  add("何七", "1970-07-11", "男", { 是否为失联党员: "是", 失去联系日期: "2019.7" }, ["失去联系日期", "date_incomplete", "warning"]);
  add("何八", "1987-08-12", "女", { 党员类别: "预备", 入党时间: "2027-01-01", 转正时间: "" }, ["入党时间", "future_date"]);
  add("何九", "1988-09-13", "男", { 入党时间: "2005-09-12", 转正时间: "2006-09-12" }, ["入党时间", "under_18_at_admission"]);
  add("何十", "1989-10-14", "女", { 转正时间: "2011-06-29" }, ["转正时间", "confirmed_before_one_year"]);
  add("许一", "1980-11-15", "男", { 转正时间: "2009-06-30" }, ["转正时间", "confirmed_before_admitted"]);
  add("许二", "1981-12-16", "女", { 转正时间: "" }, ["转正时间", "confirmed_missing"]);
  add("许三", "1982-01-17", "男", { 支部: "不存在的党支部" }, ["支部", "unknown_organisation"]);
  add("许四", "1983-02-18", "女", { 民族: "火星族" }, ["民族", "unknown_code"]);
  add("许五", "1984-03-19", "男", { 联系电话: "88661" }, ["联系电话", "phone_format"]);
  add("许六", "1985-04-20", "女", { 身份证号: "4.40524E+17" }, ["身份证号", "scientific_notation"]);
  add("许七", "1986-05-21", "男", { 失去联系日期: "2020-01-01" }, ["失去联系日期", "lost_date_without_flag", "warning"]);
  add("许八", "1987-06-22", "女", { 入党时间: "" }, ["入党时间", "required"]);
  const twin = idNumber("1988-07-23", serial + 1, "男");
  add("许九", "1988-07-23", "男", { 身份证号: twin }, ["身份证号", "duplicate_in_file"]);
  add("许十", "1988-07-23", "男", { 身份证号: twin }, ["身份证号", "duplicate_in_file"]);

  // Afterwards somebody types a person of this branch into the sheet of another one.
  const elsewhere = [header, header.map((column) => ({ ...good[0], 支部: otherBranch })[column] ?? "")];

  return { rows, faults, mends, good, rejected: mends.size, elsewhere, bytes: writeSheet("党员花名册", rows) };
}

/** Mends the rows of an error workbook as a person does: the wrong cells are typed anew, the rest is left alone. */
export function mend(sheet, mends) {
  const top = sheet.rows.findIndex((row) => row.includes("姓名") && row.length > 3);
  const columns = sheet.rows[top];
  const mended = sheet.rows.slice(top + 1).map((row) => {
    const right = mends.get(row[columns.indexOf("姓名")]);
    if (!right) throw new Error(`the error workbook holds a row nobody expected: ${row.join(" | ")}`);
    return columns.map((column, i) => right[column] ?? row[i] ?? "");
  });
  return { count: mended.length, bytes: writeSheet(sheet.name, [columns, ...mended]) };
}
