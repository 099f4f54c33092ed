"""Filling in two forms of the catalogue: a long one with everything in it, and the shortest."""

from tests.e2e.chat import Chat
from tests.e2e.people import Person

STORY = "我爸脚断了走不了路，想问问那个残疾的本子怎么弄"
SHORT = "我要领免费避孕药具"


def begin_certificate(chat: Chat) -> None:
    """Tell the story of the father's foot, agree, and say that it is for him."""
    chat.say(STORY)
    chat.hears("残疾人证申领")
    chat.press("同意，开始办")
    chat.hears("这是给您父亲办吗？")
    chat.press("给父亲办")
    chat.hears("您父亲叫什么名字？")


def fill_certificate(chat: Chat, father: Person, child: Person) -> None:
    """Answer everything from the father's name on, up to the summary."""
    chat.say(father.name)
    chat.hears("身份证号")
    chat.say(father.id_number)
    chat.hears("联系电话")
    chat.say(father.phone)
    chat.hears("哪一方面的残疾")
    chat.press("肢体")
    chat.hears("怎么来的")
    chat.press("意外受伤")
    chat.hears("什么时候开始残疾的")
    chat.say("2019年6月1日")
    chat.hears("治疗结束了吗")
    chat.press("是")
    chat.hears("有监护人吗")
    chat.press("否")
    chat.hears("户口在哪里")
    chat.say("文三路100号3幢2单元501室")
    chat.hears("哪家指定医院")
    chat.press("跳过")
    chat.hears("您自己叫什么名字")
    chat.say(child.name)
    chat.hears("您自己的身份证号")
    chat.say(child.id_number)
    chat.hears("您自己的联系电话")
    chat.say(child.phone)
    chat.hears("同意您来代办吗")
    chat.press("是")
    chat.hears("都填好了")


def begin_short(chat: Chat) -> None:
    """Ask for the shortest form and agree."""
    chat.say(SHORT)
    chat.hears("基本避孕药具免费发放")
    chat.press("同意，开始办")
    chat.hears("您叫什么名字？")


def fill_short(chat: Chat, person: Person) -> None:
    """Answer everything up to the summary."""
    chat.say(person.name)
    chat.hears("您的身份证号")
    chat.say(person.id_number)
    chat.hears("您的联系电话")
    chat.say(person.phone)
    chat.hears("想领哪一种")
    chat.press("避孕套")
    chat.hears("想领几盒")
    chat.say("2")
    chat.hears("都填好了")


def file_short(chat: Chat, person: Person) -> str:
    """File the shortest application; gives back the case number."""
    begin_short(chat)
    fill_short(chat, person)
    chat.press("确认提交")
    return chat.case_number()
