# Both commands in one image, for processors or for CUDA. See docs/containers.md.
#   docker build -t vidsynth-uda .
#   docker build -t vidsynth-uda:cuda --build-arg TORCH=cu126 .
FROM python:3.11-slim-bookworm

# Where torch comes from: cpu, or a version of CUDA such as cu126. Wheels for CUDA bring its
# libraries along; the host needs a driver and NVIDIA's container toolkit.
ARG TORCH=cpu
ENV PIP_NO_CACHE_DIR=1 \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility,graphics

# What bpy links to and does not bring along, also where nothing is shown.
RUN apt-get update && apt-get install -y --no-install-recommends \
    libgl1 libgomp1 libice6 libsm6 libx11-6 libxfixes3 libxi6 libxkbcommon0 libxrender1 \
    && rm -rf /var/lib/apt/lists/*

# From this index alone: beside PyPI, pip takes whichever torch is newer, also one for another CUDA.
RUN pip install "torch>=2.6,<3" "torchvision>=0.21,<1" --index-url https://download.pytorch.org/whl/${TORCH}

COPY . /src
WORKDIR /src
RUN pip install ".[render,export,weights,hub]"

# Data, runs and caches lie in /work, where the host's folder is mounted.
RUN useradd --create-home --uid 1000 reid && mkdir /work && chown reid /work
USER reid
WORKDIR /work
ENV XDG_CACHE_HOME=/work/.cache REID_DATA=/work/data
CMD ["uda", "--help"]
