"""`./onecall kyc`: how good the identity checks are, on a site's own pictures."""

import json
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli import Command
from app.database_session import in_session
from app.settings import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyc.faces.evaluation import Point, Scored
    from kyc.faces.scoring import Thresholds

HELP = """核验身份：量一量刷脸准不准，给出门槛，看一段录像像不像活人。

例：./onecall kyc eval 照片对.tsv"""

_Pairs = Annotated[Path, typer.Argument(help="照片对，制表符隔开，栏目 a、b、same；照片的路径相对于这个文件")]
_Cohort = Annotated[Path | None, typer.Option(help="对照组：每行一张照片的路径，各是一个同意参加的人")]
_Model = Annotated[Path | None, typer.Option(help="自带的人脸模型，ONNX；不填用设置里的")]
_Json = Annotated[bool, typer.Option("--json", help="输出 JSON，给程序读")]


def evaluate(
    pairs: _Pairs,
    cohort: _Cohort = None,
    model: _Model = None,
    accept: Annotated[float | None, typer.Option(help="通过的门槛；不填用设置里的")] = None,
    review: Annotated[float | None, typer.Option(help="由工作人员看的门槛；不填用设置里的")] = None,
    as_json: _Json = False,
) -> None:
    """在一批照片对上，量误认（把别人当成本人）和误拒（不认本人）各有多少，附 95% 置信区间。

    例：./onecall kyc eval 照片对.tsv --json
    """
    with _explained():
        scored = _scored(pairs, cohort, model, quiet=as_json)
        limits, source = _limits(scored, accept, review, with_cohort=cohort is not None)
    report = _report(scored, limits, source)
    if as_json:
        typer.echo(json.dumps(report, ensure_ascii=False, indent=1))
        return
    _show(scored, limits, source)


def calibrate(
    pairs: _Pairs,
    far: Annotated[float, typer.Option(help="最多允许误认多少，0.001 是千分之一", min=0.0, max=0.5)] = 0.001,
    frr: Annotated[float, typer.Option(help="由工作人员看了以后，最多还误拒多少", min=0.0, max=0.5)] = 0.01,
    cohort: _Cohort = None,
    model: _Model = None,
    as_json: _Json = False,
) -> None:
    """按您要的误认率给出门槛，可以直接写进设置。

    例：./onecall kyc calibrate 照片对.tsv --far 0.001
    """
    from kyc.faces.scoring import Thresholds

    with _explained():
        scored = _scored(pairs, cohort, model, quiet=as_json)
        limits = scored.proposed(far, frr)
    if limits is None:
        raise _refused("给不出门槛：能用的照片对里，要既有同一个人的，也有不同的人的。")
    names = ("ONECALL_FACE_COHORT_ACCEPT", "ONECALL_FACE_COHORT_REVIEW") if cohort else (
        "ONECALL_FACE_ACCEPT", "ONECALL_FACE_REVIEW",
    )  # fmt: skip
    enough = len(scored.impostor) * far >= _RULE_OF_THREE
    if not enough and cohort is None:  # too few strangers never make a limit wider
        own = settings()
        limits = Thresholds(min(limits.accept, own.face_accept), min(limits.review, own.face_review))
    if as_json:
        report = _report(scored, limits, "calibrated")
        typer.echo(json.dumps({**report, "wanted_far": far, "enough_pairs": enough}, ensure_ascii=False, indent=1))
        return
    _show(scored, limits, "calibrated")
    typer.echo(f"\n{names[0]}={limits.accept}\n{names[1]}={limits.review}")
    if not enough:
        needed = round(_RULE_OF_THREE / far) if far else "无数"
        typer.echo(
            f"注意：不同的人只有 {len(scored.impostor)} 对，要说准 {far:g} 的误认率，要 {needed} 对；门槛没有放宽。",
            err=True,
        )


def liveness(
    recording: Annotated[Path, typer.Argument(help="一段录像，或者一个文件夹，里面是按顺序命名的照片")],
    actions: Annotated[str, typer.Option(help="要求的动作，按顺序，逗号隔开：eyes、mouth、left、right")],
    fps: Annotated[float, typer.Option(help="文件夹里的照片一秒几张", min=0.1, max=60)] = 6.0,
    as_json: _Json = False,
) -> None:
    """看一段录像有没有按要求做动作。先正对镜头一会儿，再依次做动作，各占的时间一样长。

    文件名里写了动作的（001-look.jpg、009-eyes.jpg），按写的算。通过时退出码是 0，没通过是 1。

    例：./onecall kyc liveness 录像.mp4 --actions eyes,mouth,left
    """
    from kyc.liveness.recording import RecordingRefused, attempt_of

    try:
        found = attempt_of(recording, actions, fps)
    except RecordingRefused as refused:
        raise _refused(str(refused)) from None
    faults = [fault.value for fault in found.liveness]
    report = {
        "passed": found.is_alive,
        "faults": faults,
        "suspicious": found.is_suspicious,
        "quality": found.quality,
    }
    if as_json:
        typer.echo(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        typer.echo("像是活人按要求做的。" if found.is_alive else f"没通过：{'、'.join(faults)}")
    raise typer.Exit(0 if found.is_alive else 1)


_RULE_OF_THREE = 3
"""None seen in n trials leaves up to 3/n possible, with 95 % confidence (Hanley and Lippman-Hand 1983)."""


def _scored(pairs_file: Path, cohort_file: Path | None, model: Path | None, *, quiet: bool) -> "Scored":
    """The scores of a file's pairs, with progress on the way."""
    from rich.console import Console
    from rich.progress import Progress as Bar

    from kyc.faces.evaluation import cohort_of, pictures_of, read_pairs, read_pictures, scored
    from kyc.faces.scoring import SMALLEST_COHORT

    model = model or settings().face_model
    pairs = read_pairs(pairs_file)
    cohort = None
    if cohort_file is not None:
        cohort = cohort_of(read_pictures(cohort_file), model)
        if len(cohort) < SMALLEST_COHORT:
            typer.echo(f"注意：对照组只有 {len(cohort)} 人，少于 {SMALLEST_COHORT} 人时靠不住。", err=True)
    with Bar(console=Console(stderr=True), disable=quiet) as bar:
        task = bar.add_task("看照片", total=len(pictures_of(pairs)))
        return scored(pairs, model, cohort, lambda: bar.advance(task))


def _limits(
    scored: "Scored", accept: float | None, review: float | None, *, with_cohort: bool
) -> tuple["Thresholds", str]:
    """The thresholds to report at, and where they are from: given, the settings, or, with a cohort and none set, these
    very pairs, which flatters them."""
    from kyc.faces.scoring import Thresholds

    own = settings()
    set_ones = (own.face_cohort_accept, own.face_cohort_review) if with_cohort else (own.face_accept, own.face_review)
    chosen = (accept if accept is not None else set_ones[0], review if review is not None else set_ones[1])
    if chosen[0] is not None and chosen[1] is not None:
        if chosen[1] < chosen[0]:
            raise _refused("由工作人员看的门槛不能小于通过的门槛。")
        given = accept is not None or review is not None
        return Thresholds(chosen[0], chosen[1]), "options" if given else "settings"
    proposed = scored.proposed(0.001, 0.01)
    if proposed is None:
        raise _refused("用了对照组，要用 --accept 和 --review 给出门槛。")
    return proposed, "these pairs"


def _report(scored: "Scored", limits: "Thresholds", source: str) -> dict[str, Any]:
    eer = scored.equal_error_rate()
    return {
        "accept": _point(scored.at(limits.accept)),
        "review": _point(scored.at(limits.review)),
        "thresholds_from": source,
        "eer": None if eer is None else round(eer, 5),
        "failed_captures": len(scored.failed),
        "pairs": scored.pairs,
        "genuine_scored": len(scored.genuine),
        "impostor_scored": len(scored.impostor),
        "ms_per_image": round(scored.ms_per_image, 1),
    }


def _point(point: "Point") -> dict[str, Any]:
    accept, reject = asdict(point.false_accept), asdict(point.false_reject)
    return {
        "threshold": point.threshold,
        "false_accept_rate": accept["rate"],
        "false_accept_interval": [accept["low"], accept["high"]],
        "false_reject_rate": reject["rate"],
        "false_reject_interval": [reject["low"], reject["high"]],
    }


def _show(scored: "Scored", limits: "Thresholds", source: str) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("门槛", "数值", "误认率（95% 区间）", "误拒率（95% 区间）")
    for name, threshold in (("通过", limits.accept), ("工作人员看", limits.review)):
        point = scored.at(threshold)
        table.add_row(name, f"{threshold:g}", _in_words(point.false_accept), _in_words(point.false_reject))
    Console().print(table)
    eer = scored.equal_error_rate()
    typer.echo(f"等错误率：{'算不出' if eer is None else f'{eer:.2%}'}")
    typer.echo(
        f"照片对：{scored.pairs}；打了分的：同一人 {len(scored.genuine)}、不同人 {len(scored.impostor)}；"
        f"没拍好的照片：{len(scored.failed)}；每张 {scored.ms_per_image:.0f} 毫秒"
    )
    if source == "these pairs":
        typer.echo("注意：门槛是从这批照片对里取的，在别的照片上会差一些。", err=True)
    for picture in scored.failed:
        typer.echo(f"没有正好一张脸：{picture}", err=True)


def _in_words(rate: Any) -> str:
    return "没有这种照片对" if rate.rate is None else f"{rate.rate:.2%}（{rate.low:.2%} ~ {rate.high:.2%}）"


@contextmanager
def _explained() -> "Iterator[None]":
    """What is refused ends with one sentence and status 2."""
    from kyc.faces.evaluation import ListRefused
    from kyc.faces.onnx import ModelRefused

    try:
        yield
    except (ListRefused, ModelRefused) as refused:
        raise _refused(str(refused)) from None


def _refused(sentence: str) -> typer.Exit:
    typer.echo(sentence, err=True)
    return typer.Exit(2)


def cohort_add(
    name: Annotated[str, typer.Argument(help="代号，不要用真名", min=1)],
    pictures: Annotated[list[Path], typer.Argument(help="这个人的一到几张照片，合成一个模板；照片不保存")],
    consented: Annotated[bool, typer.Option("--consented", help="这个人书面同意参加对照组")] = False,
    model: _Model = None,
) -> None:
    """往对照组里加一个人：只存脸的特征，不存照片。

    例：./onecall kyc cohort add 志愿者07 照片1.jpg 照片2.jpg --consented
    """
    from kyc import vault
    from kyc.faces.evaluation import vector_of
    from kyc.faces.portrait import encoder_name
    from kyc.faces.scoring import template_of

    if not consented:
        raise _refused("要这个人书面同意，才能加进对照组；同意了就加上 --consented。")
    if missing := [str(picture) for picture in pictures if not picture.is_file()]:
        raise _refused(f"没有 {missing[0]} 这个文件。")
    chosen = model or settings().face_model
    with _explained():
        vectors = [vector for picture in pictures if (vector := vector_of(picture, chosen)) is not None]
        encoder = encoder_name(chosen)
    if len(vectors) < len(pictures):
        raise _refused(f"{len(pictures)} 张照片里只有 {len(vectors)} 张正好有一张脸，没有加。")
    in_session(lambda session: vault.add_to_cohort(session, name, encoder, template_of(vectors), actor="command"))
    typer.echo(f"{name} 已经加进对照组。重新启动服务后生效。")


def cohort_list(as_json: _Json = False) -> None:
    """列出对照组里的代号和加入的日子。

    例：./onecall kyc cohort list
    """
    from kyc import vault
    from kyc.faces.scoring import SMALLEST_COHORT

    people = in_session(vault.in_cohort)
    if as_json:
        rows = [{"name": name, "encoder": encoder, "added_at": at.isoformat()} for name, encoder, at in people]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for name, encoder, at in people:
        typer.echo(f"{name}\t{encoder}\t{at:%Y-%m-%d}")
    typer.echo(f"共 {len(people)} 人；满 {SMALLEST_COHORT} 人才用得上。", err=True)


def cohort_drop(name: Annotated[str, typer.Argument(help="代号")]) -> None:
    """从对照组里删掉一个人。

    例：./onecall kyc cohort drop 志愿者07
    """
    from kyc import vault

    if not in_session(lambda session: vault.drop_from_cohort(session, name, None, actor="command")):
        raise _refused(f"对照组里没有 {name}。")
    typer.echo(f"{name} 已经从对照组里删掉。")


def purge() -> None:
    """删掉过了期限的人脸特征，并核对确实没有了。服务运行时每小时会自己做一次。

    例：./onecall kyc purge
    """
    from kyc import vault

    gone = in_session(lambda session: vault.purge(session, actor="command"))
    typer.echo(f"删掉了 {gone} 份过期的人脸特征，核对过已经没有了。")


def material(
    picture: Annotated[Path, typer.Argument(help="一份材料的照片")],
    kind: Annotated[list[str] | None, typer.Option(help="应当是什么材料，例如 户口簿；可以写几次")] = None,
    name: Annotated[str, typer.Option(help="应当有谁的姓名")] = "",
    as_json: _Json = False,
) -> None:
    """看一张材料的照片清不清楚、是不是这种材料、有没有这个姓名。只是提醒，不作决定，不显示材料的内容。

    例：./onecall kyc material 照片.jpg --kind 户口簿 --name 王秀英
    """
    from bot.conversation.wording import phrase
    from kyc.cards.materials import check_material
    from kyc.images import ImageRefused

    if not picture.is_file():
        raise _refused(f"没有 {picture} 这个文件。")
    try:
        found = check_material(picture.read_bytes(), kind or [], name or None)
    except ImageRefused as refused:
        raise _refused(phrase(f"utter_image_{refused.fault}")) from None
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1))
        return
    for advice in found.advice:
        typer.echo(phrase(f"utter_material_{advice}"))
    if not found.advice:
        typer.echo("没有看出问题。")


COMMANDS: dict[str, Command | dict[str, Command]] = {
    "eval": evaluate,
    "calibrate": calibrate,
    "liveness": liveness,
    "cohort": {"add": cohort_add, "list": cohort_list, "drop": cohort_drop},
    "purge": purge,
    "material": material,
}
