"""Benchmarks of tracklets."""

from __future__ import annotations

from reid_datasets.benchmarks import (
    ccvid,
    dukemtmc_videoreid,
    ilids_vid,
    ls_vid,
    mars,
    prid2011,
    svreid,
    synthetic,
    x_mars,
)
from reid_datasets.benchmarks.benchmark import Benchmark

VIDEO: dict[str, Benchmark] = {
    "mars": Benchmark(
        "MARS",
        mars.read,
        mars.PUBLISHED,
        obtain=mars.OBTAIN,
        layout="`bbox_{train,test}/0001/0001C1T0001F001.jpg`, `info/`",
        protocol="gallery with queries and distractors, without junk (`00-1`)",
    ),
    "x-mars": Benchmark(
        "X-MARS",
        x_mars.read,
        x_mars.PUBLISHED,
        folder="mars",
        obtain=x_mars.OBTAIN,
        layout="as MARS, with X-MARS's tables in `x-mars/info/`",
        protocol="as MARS, over identities split as in Market-1501",
    ),
    "ilids-vid": Benchmark(
        "iLIDS-VID",
        ilids_vid.read,
        ilids_vid.PUBLISHED,
        splits=ilids_vid.SPLITS,
        obtain=ilids_vid.OBTAIN,
        layout="`i-LIDS-VID/sequences/cam1/person001/cam1_person001_00317.png`, "
        "`train-test people splits/`",
        protocol="camera 1 looks in camera 2; mean over 10 splits",
    ),
    "prid2011": Benchmark(
        "PRID-2011",
        prid2011.read,
        prid2011.PUBLISHED,
        splits=prid2011.SPLITS,
        obtain=prid2011.OBTAIN,
        layout="`prid_2011/multi_shot/cam_{a,b}/person_0001/0001.png`, `splits_prid2011.json`",
        protocol="camera a looks in camera b, 178 people; mean over 10 splits",
    ),
    "ccvid": Benchmark(
        "CCVID",
        ccvid.read,
        ccvid.PUBLISHED,
        clothes=True,
        folder="CCVID",
        obtain=ccvid.OBTAIN,
        layout="`session1/001_01/00001.jpg`, `{train,query,gallery}.txt`",
        protocol="ranked three times: general, same clothes, changed clothes; a camera is the "
        "number of a walk",
    ),
    "ls-vid": Benchmark(
        "LS-VID",
        ls_vid.read,
        ls_vid.PUBLISHED,
        obtain=ls_vid.OBTAIN,
        layout="`list_sequence/list_seq_{train,test}.txt`, `test/data/info_test.mat`",
        protocol="the gallery is the test list without the queries",
    ),
    "dukemtmc-videoreid": Benchmark(
        "DukeMTMC-VideoReID",
        dukemtmc_videoreid.read,
        dukemtmc_videoreid.PUBLISHED,
        obtain=dukemtmc_videoreid.OBTAIN,
        layout="`{train,query,gallery}/0001/0003/0001_C6_F0099_X30823.jpg`",
        protocol="gallery with 408 people who match no query",
    ),
    "svreid": Benchmark(
        "SVReID",
        svreid.read,
        clothes=True,
        obtain=svreid.OBTAIN,
        layout="`{train_svreid,query,gallery}.txt`, a folder per tracklet",
        protocol="ranked three times: general, same clothes, changed clothes",
    ),
    "synthetic": Benchmark(
        "rendered by vidsynth",
        synthetic.read,
        obtain="`vidsynth render-tracklets`",
        layout="a MARS tree, MP4 files or WebDataset shards, with `dataset.json`",
        protocol="as MARS; test people are not in train",
    ),
    "synthetic-cc": Benchmark(
        "rendered by vidsynth, in several outfits",
        synthetic.read_clothes_changing,
        clothes=True,
        folder="synthetic",
        obtain="`vidsynth render-tracklets people.outfits=2`",
        layout="as `synthetic`",
        protocol="as `synthetic`, ranked three times: general, same clothes, changed clothes",
    ),
}
