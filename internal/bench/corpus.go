package main

import (
	"math/rand/v2"
	"strings"
	"unicode/utf8"
)

// language is what messages of one language are made of.
type language struct {
	share  int // of a hundred messages
	words  []string
	signs  string // one ends a sentence
	spaced bool
}

// languages are the words that people use most, in sentences without sense: what matters is how they are spelled.
var languages = []language{
	{72, fields(`the a I you it is was to of and in that have for not on with he as do at this but his by from they we say her she
		or an will my one all would there their what so up out if about who get which go me when make can like time no just him
		know take people into year your good some could them see other than then now look only come its over think also back after use two
		how our work first well way even new want because any these give day most us thanks really maybe right tomorrow please yes
		ok lol sure game stream video music server channel someone anyone question answer update release weekend nice great awesome
		friend today tonight again still never always something nothing everything problem fixed works broken try tried help`), ".!?.", true},
	{20, fields(`le la les de des un une et à il elle je tu nous vous on en que qui ne pas pour dans ce cette sur avec plus par se mais
		comme tout faire son sa ses mon ma mes ton être avoir bien très aussi où là même après déjà était été français merci bonjour
		salut quelqu'un aujourd'hui demain peut-être parce fête soirée équipe réponse problème idée débat élève forêt garçon leçon
		tête côté août noël maïs œuvre sœur j'ai c'est n'est l'autre d'accord vraiment toujours jamais rien quelque chose gens monde
		jeu vidéo musique salon serveur photo coucou bonne journée nuit week-end encore trop peu mieux`), ".!?.", true},
	{4, fields(`и в не на я что он с как это но она они мы вы был была будет тоже очень сегодня завтра спасибо привет хорошо плохо друг
		люди время можно нужно почему когда где кто дом работа игра музыка вопрос ответ`), ".!?.", true},
	{2, fields(`من في على إلى هذا هذه أن ما لا كان مع عن هو هي نحن شكرا مرحبا اليوم غدا كيف لماذا جيد جدا الناس وقت سؤال جواب عمل لعبة
		موسيقى`), ".!؟.", true},
	{2, fields(`我 你 他 的 是 在 不 了 有 这 今天 明天 谢谢 你好 朋友 游戏 音乐 问题 回答 时间 为什么 怎么 可以 喜欢 非常 大家 一起 已经`), "。！？。", false},
}

var hosts = fields(`https://example.org/ https://www.example.com/watch?v= https://news.example.net/2026/11/ https://git.example.dev/team/project/pull/
	https://en.wiki.example/wiki/ example.com/page/ https://img.example.app/i/`)

var faces = fields(`😀 😂 🎉 ❤️ 👍 🤔 🙏 🔥`)

// meanWords is how many words make a message of the mean length of chats, some 77 bytes.
const meanWords = 12.5

// messages makes a chat of n messages, always the same: links in 6 of a hundred, and disguises in so many of a thousand.
func messages(n, disguises int) []string {
	r := rand.New(rand.NewPCG(1, 1))
	out := make([]string, n)
	for i := range out {
		l := pick(r, languages)
		out[i] = sentence(r, l, 1+int(r.ExpFloat64()*meanWords))
		switch roll := r.IntN(1000); {
		case roll < 60:
			out[i] += " " + hosts[r.IntN(len(hosts))] + word(r)
		case roll < 60+disguises:
			out[i] = disguised(r, out[i])
		case roll < 120+disguises:
			out[i] += " " + faces[r.IntN(len(faces))]
		}
	}
	return out
}

func pick(r *rand.Rand, of []language) language {
	roll := r.IntN(100)
	for _, l := range of {
		if roll -= l.share; roll < 0 {
			return l
		}
	}
	return of[0]
}

func sentence(r *rand.Rand, l language, words int) string {
	var b strings.Builder
	for i := range words {
		w := l.words[r.IntN(len(l.words))]
		if i == 0 && r.IntN(3) > 0 {
			first, size := utf8.DecodeRuneInString(w)
			w = strings.ToUpper(string(first)) + w[size:]
		} else if l.spaced && i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w)
		if r.IntN(9) == 0 {
			b.WriteByte(',')
		}
	}
	signs := []rune(l.signs)
	if r.IntN(2) == 0 {
		b.WriteRune(signs[r.IntN(len(signs))])
	}
	return b.String()
}

// disguised writes a message as somebody does who wants to be read by people only.
func disguised(r *rand.Rand, s string) string {
	switch r.IntN(4) {
	case 0:
		return strings.ReplaceAll(s, "a", "\u0430")
	case 1:
		return strings.ReplaceAll(s, "e", "e\u200b")
	case 2:
		return strings.Join(strings.Split(s, ""), ".")
	}
	return strings.NewReplacer("a", "4", "e", "3", "o", "0", "i", "1").Replace(s)
}

func fields(s string) []string { return strings.Fields(s) }
