// Package reading knows how a Chinese name is read and how people search for it: zhangsan and zs find 张三. The first
// character of a Han name has its surname reading (单 is shan, 曾 is zeng), as do compound surnames (万俟 is moqi);
// rare characters of names are read too, Latin letters stay, and ü is written v as on every keyboard.
// It also tells what a person typed into a search box: a name, pinyin, initials, or the end of a number.
package reading
